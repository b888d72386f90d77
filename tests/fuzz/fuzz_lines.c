/*
 * The reader of interrupt lines. An input is a kind of line, and what a sender does:
 * messages of any length, the end of the connection, and when the reader looks. Compares
 * the number of raises with the number that the sender caused. Includes the reader's
 * source, to call it without its thread.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/socket.h>

#include "fuzz.h"
#include "runner/sources.c"

void trace_control(const struct control_request *request)
{
	(void)request;
}

struct vcpu vcpu;
static uint64_t raised;

/* The sender of a line, and its deeds. */
struct sender {
	int fd;
	uint32_t kind;
	uint64_t caused;  /* raises */
	bool empty;	  /* one of them is empty */
	bool may_be_lost; /* an empty message was followed by the end */
};

void vcpu_raise(unsigned vector, uint64_t times)
{
	if (vector != PLAN_FIRST_LINE || !times)
		abort();
	raised += times;
}

/* No line of this target carries requests of the control. */
void host_control(const struct control_request *request)
{
	(void)request;
	abort();
}

bool plan_imports_name(const struct plan *plan, const char *name)
{
	(void)plan;
	(void)name;
	return false;
}

/* Returns the reader's descriptor. */
static int connect_line(unsigned choice, struct plan_line *line, struct sender *sender)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };
	int ends[2];

	line->vector = PLAN_FIRST_LINE;
	if (choice == 3) {
		line->kind = PLAN_LINE_COUNT;
		ends[0] = eventfd(0, EFD_NONBLOCK);
		ends[1] = dup(ends[0]);
	} else if (choice == 4) {
		line->kind = PLAN_LINE_BYTE;
		if (pipe(ends))
			abort();
	} else {
		line->kind = choice ? PLAN_LINE_MESSAGE : PLAN_LINE_BYTE;
		if (socketpair(AF_UNIX, types[choice % 3], 0, ends))
			abort();
	}
	if (fcntl(ends[1], F_SETFL, O_RDWR | O_NONBLOCK))
		abort();
	*sender = (struct sender){ .fd = ends[1], .kind = line->kind };
	line->descriptor = (uint32_t)ends[0];
	return ends[0];
}

/* A sender that would wait has sent nothing, or a part of a stream. */
static ssize_t send_bytes(const struct sender *sender, size_t length)
{
	static const char bytes[1024];
	uint64_t count = length;
	ssize_t sent = sender->kind == PLAN_LINE_COUNT
			       ? write(sender->fd, &count, sizeof(count))
			       : write(sender->fd, bytes, length);

	if (sent < 0 && errno != EAGAIN)
		abort();
	return sent < 0 || sender->kind != PLAN_LINE_COUNT ? sent : (ssize_t)length;
}

static void send_message(struct sender *sender, size_t length)
{
	ssize_t sent = sender->fd < 0 ? -1 : send_bytes(sender, length);

	if (sent < 0)
		return;
	sender->caused += sender->kind == PLAN_LINE_MESSAGE ? 1 : (uint64_t)sent;
	sender->empty |= sender->kind == PLAN_LINE_MESSAGE && !length;
}

static void hang_up(struct sender *sender)
{
	if (sender->fd >= 0)
		close(sender->fd);
	sender->fd = -1;
	sender->may_be_lost |= sender->empty;
}

/* Serves the line once. Returns whether there was something to serve. */
static bool look(struct pollfd *its, const struct plan_line *line)
{
	if (its->fd < 0 || poll(its, 1, 0) <= 0)
		return false;
	serve_line(its, line);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pollfd its = { .events = POLLIN | POLLRDHUP };
	struct sender sender;
	struct plan_line line = { 0 };
	int fd;

	if (!size)
		return 0;
	raised = 0;
	fd = its.fd = connect_line(data[0] % 5u, &line, &sender);
	for (size_t i = 1; i < size; i++) {
		if (data[i] == 0xff)
			hang_up(&sender);
		else if (data[i] & 1)
			look(&its, &line);
		else
			send_message(&sender, (size_t)data[i] * data[i] / 64);
	}
	while (look(&its, &line))
		;
	if (raised > sender.caused || (raised < sender.caused && !sender.may_be_lost))
		abort();
	hang_up(&sender);
	close(fd);
	return 0;
}
