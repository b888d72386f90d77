/* Commands, one a connection. See control.h. */
#define _GNU_SOURCE
#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "common/control.h"
#include "launcher/control_command.h"
#include "launcher/trace/stats.h"
#include "socket_file.h"
#include "vcpu_report.h"

/* A client that does not send or read in time is dropped: the guest's time-out waits. */
#define CLIENT_MS 1000
/* The longest time for the runner to carry out a request. */
#define RUNNER_MS 2000

static int make_socket(struct control *control, struct irq_line *line)
{
	struct stat status;
	int error;

	control->listener =
		socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (control->listener < 0)
		return -errno;
	error = socket_file_bind(control->listener, line->path, 0177, &status);
	if (error)
		return error;
	if (listen(control->listener, 8))
		return -errno;
	line->device = status.st_dev;
	line->inode = status.st_ino;
	return 0;
}

int control_open(struct control *control, const char *path, struct irq_lines *lines,
		 struct message *message)
{
	struct irq_line *line = &lines->lines[lines->count];
	int ends[2], error;

	control->listener = -1;
	if (!path)
		return 0;
	if (pipe2(ends, O_CLOEXEC))
		return fail(message, errno, "--control: %s", strerror(errno));
	fcntl(ends[0], F_SETFD, 0); /* the runner inherits it */
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	control->pipe = ends[1];
	*line = (struct irq_line){ .kind = PLAN_LINE_CONTROL,
				   .descriptor = ends[0],
				   .path = path };
	error = make_socket(control, line);
	if (error)
		return fail(message, -error, "--control %s: %s", path, strerror(-error));
	lines->count++;
	return 0;
}

/* Passes a request on and waits until it has its effect. */
static const char *request(struct control *control, const struct control_target *target,
			   uint32_t operation, uint32_t number)
{
	const struct control_request record = { ++control->sequence, operation, number,
						0 };
	const struct timespec pause = { .tv_nsec = 1000000 };
	const volatile struct trace_shared *shared = trace_shared(target->trace);

	if (write(control->pipe, &record, sizeof(record)) != sizeof(record))
		return "the guest takes no requests";
	for (int i = 0; i < RUNNER_MS; i++) {
		if (shared->done == record.sequence)
			return NULL;
		trace_read(target->trace);
		nanosleep(&pause, NULL);
	}
	return "the guest does not answer";
}

/* A request for each function that matches. */
static const char *request_calls(struct control *control,
				 const struct control_target *target, uint32_t operation,
				 const char *pattern)
{
	const struct import_table *table = &control->guest->table;
	const char *wrong = NULL;
	bool any = false;

	for (uint32_t i = 0; !wrong && i < table->count; i++) {
		if (control->guest->result.links[i].status != LINK_BOUND ||
		    fnmatch(pattern, table->imports[i].name, 0))
			continue;
		any = true;
		wrong = request(control, target, operation, i);
	}
	return wrong || any ? wrong : "no function has such a name";
}

static const char *raise_vector(struct control *control,
				const struct control_target *target, const char *text)
{
	char *end;
	unsigned long vector = strtoul(text, &end, 10);

	if (!*text || *end || vector >= JUMPSLOT_VECTORS)
		return "invalid vector; expected 0..63";
	if (!control->guest->table.vcpu_state)
		return "the guest takes no interrupts";
	return request(control, target, CONTROL_RAISE, (uint32_t)vector);
}

static void list(const struct control *control, FILE *out)
{
	for (size_t i = 0; i < control->guest->table.count; i++) {
		const struct link *link = &control->guest->result.links[i];

		fprintf(out, "%s\t%s\n", control->guest->table.imports[i].name,
			link->status == LINK_BOUND
				? control->guest->providers[link->provider].name
				: "-");
	}
}

static const char *print_stats(const struct control *control,
			       const struct control_target *target, FILE *out)
{
	struct stats stats = { .counted = true };
	struct timespec now;

	if (!control->counts)
		return "calls are not counted (start with --stats)";
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (stats_take(&stats, target->trace, control->guest,
		       (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec))
		return "out of memory";
	stats_print(&stats, control->guest, out);
	stats_free(&stats);
	return NULL;
}

static const char *print_vcpu(const struct control_target *target, FILE *out)
{
	struct jumpslot_vcpu_state state;

	if (!vcpu_report_read(target->runner, target->outcome, &state))
		return "the guest takes no interrupts";
	vcpu_report_print(&state, out);
	return NULL;
}

/* Returns NULL, or why the command is not carried out. */
static const char *execute(struct control *control, const struct control_target *target,
			   char *command, FILE *out)
{
	char *word = strtok(command, " "), *first = strtok(NULL, " ");
	char *second = first ? strtok(NULL, " ") : NULL;

	if (word && !first && !strcmp(word, "list")) {
		list(control, out);
		return NULL;
	}
	if (word && !first && !strcmp(word, "stats"))
		return print_stats(control, target, out);
	if (word && !first && !strcmp(word, "vcpu"))
		return print_vcpu(target, out);
	if (word && !first && !strcmp(word, "stop"))
		return kill(target->runner, SIGTERM) ? "the guest has ended" : NULL;
	if (word && second && !strcmp(word, "trace") && !strcmp(first, "on"))
		return request_calls(control, target, CONTROL_TRACE_ON, second);
	if (word && second && !strcmp(word, "trace") && !strcmp(first, "off"))
		return request_calls(control, target, CONTROL_TRACE_OFF, second);
	if (word && first && !second && !strcmp(word, "revoke"))
		return request_calls(control, target, CONTROL_REVOKE, first);
	if (word && first && !second && !strcmp(word, "restore"))
		return request_calls(control, target, CONTROL_RESTORE, first);
	if (word && first && !second && !strcmp(word, "raise"))
		return raise_vector(control, target, first);
	return "invalid command; expected list, stats, vcpu, stop, trace on|off PATTERN, "
	       "revoke PATTERN, restore PATTERN or raise VECTOR";
}

static bool is_same_user(int client)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	return !getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &size) &&
	       peer.uid == geteuid();
}

/* Reads up to the end of the line. */
static bool read_command(int client, char *command)
{
	size_t used = 0;

	while (used < CONTROL_MAX_LINE - 1) {
		const ssize_t count = recv(client, command + used, 1, 0);

		if (count != 1)
			return false;
		if (command[used] == '\n') {
			command[used] = 0;
			return true;
		}
		used++;
	}
	return false;
}

static void answer(int client, const char *wrong, const char *text, size_t size)
{
	const struct timeval most = { .tv_sec = CLIENT_MS / 1000 };
	size_t sent = 0;
	char line[CONTROL_MAX_LINE];
	int length = snprintf(line, sizeof(line), "%s%s\n", wrong ? "error " : "ok",
			      wrong ? wrong : "");

	setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof(most));
	if (send(client, line, (size_t)length, MSG_NOSIGNAL) != length)
		return;
	while (sent < size) {
		ssize_t count = send(client, text + sent, size - sent, MSG_NOSIGNAL);

		if (count <= 0)
			return;
		sent += (size_t)count;
	}
}

static void serve(struct control *control, const struct control_target *target,
		  int client)
{
	const struct timeval most = { .tv_sec = CLIENT_MS / 1000 };
	char command[CONTROL_MAX_LINE], *text = NULL;
	const char *wrong;
	size_t size = 0;
	FILE *out;

	setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most));
	if (!is_same_user(client) || !read_command(client, command))
		return;
	out = open_memstream(&text, &size);
	if (!out)
		return;
	wrong = execute(control, target, command, out);
	fclose(out);
	answer(client, wrong, text, wrong ? 0 : size);
	free(text);
}

void control_serve(struct control *control, const struct control_target *target)
{
	const int client = accept4(control->listener, NULL, NULL, SOCK_CLOEXEC);

	if (client < 0)
		return;
	serve(control, target, client);
	close(client);
}
