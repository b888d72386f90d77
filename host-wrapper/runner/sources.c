/* One poll() of all sources. See sources.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <jumpslot/provider.h>
#include "common/control.h"
#include "plan_read.h"
#include "read_now.h"
#include "sources.h"
#include "trace/trace.h"
#include "vcpu/vcpu.h"

#define THREAD_STACK 0x10000

/* Indices of `polled`; the plan's lines come after them. */
enum { WAKE, CONSOLE, FIRST_LINE };

static struct pollfd polled[FIRST_LINE + PLAN_LAST_LINE - PLAN_FIRST_LINE + 2];
static nfds_t polled_count;
static bool is_serving; /* the thread has started */
static int console_input;
static bool console_watched;

/*
 * Reads the input of a line, which raises it `*times` times. Returns false at its end. An
 * empty message and a socket that was shut down read alike: only poll() tells whether
 * more can come.
 */
static bool take_input(const struct plan_line *line, short events, uint64_t *times)
{
	uint64_t buffer[64];
	ssize_t count = read_now((int)line->descriptor, buffer, sizeof(buffer));

	*times = 0;
	if (count < 0)
		return errno == EAGAIN && events == POLLIN;
	if (line->kind == PLAN_LINE_BYTE)
		*times = (uint64_t)count;
	else if (line->kind == PLAN_LINE_COUNT)
		*times = count ? buffer[0] : 0;
	else
		*times = count || events == POLLIN;
	return *times;
}

/* A pipe takes a request at once, so it gives whole ones. */
static void serve_control(struct pollfd *its)
{
	struct control_request request;

	if (read_now(its->fd, &request, sizeof(request)) != sizeof(request)) {
		if (its->revents != POLLIN)
			its->fd = -1; /* the supervisor has ended */
		return;
	}
	if (request.operation == CONTROL_RAISE && vcpu.state &&
	    request.number < JUMPSLOT_VECTORS)
		vcpu_raise(request.number, 1);
	trace_control(&request);
}

static void serve_line(struct pollfd *its, const struct plan_line *line)
{
	uint64_t times;

	if (line->kind == PLAN_LINE_CONTROL) {
		serve_control(its);
		return;
	}
	if (!take_input(line, its->revents, &times))
		its->fd = -1;
	if (times)
		vcpu_raise(line->vector, times);
}

static void serve_console(void)
{
	uint64_t count;

	if (polled[CONSOLE].revents) {
		polled[CONSOLE].fd = -1;
		__atomic_store_n(&console_watched, false, __ATOMIC_SEQ_CST);
		vcpu_raise(JUMPSLOT_VECTOR_CONSOLE, 1);
	}
	if (polled[WAKE].revents && read_now(polled[WAKE].fd, &count, sizeof(count)) > 0)
		polled[CONSOLE].fd = console_input;
}

static void *serve(void *plan)
{
	const struct plan_line *lines = plan_lines(plan);

	__atomic_store_n(&is_serving, true, __ATOMIC_SEQ_CST);
	for (;;) {
		poll(polled, polled_count, -1);
		serve_console();
		for (nfds_t i = FIRST_LINE; i < polled_count; i++)
			if (polled[i].revents)
				serve_line(&polled[i], &lines[i - FIRST_LINE]);
	}
	return NULL;
}

/* The thread's calls; the last one continues a poll() after SIGCONT. */
#define NEEDS_THREAD JUMPSLOT_ALLOW("poll"), JUMPSLOT_ALLOW("restart_syscall")
JUMPSLOT_STATE(lines, "(lines)", NEEDS_THREAD, READ_NOW_NEEDS(JUMPSLOT_CHECK_LINE))
JUMPSLOT_SYSCALLS(_BSP_Virtual_Console_init, NEEDS_THREAD,
		  READ_NOW_NEEDS(JUMPSLOT_CHECK_WAKE), SOURCES_NEEDS_WATCH)

void sources_watch_console(void)
{
	const uint64_t one = 1;

	if (__atomic_exchange_n(&console_watched, true, __ATOMIC_SEQ_CST))
		return;
	while (write(polled[WAKE].fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

static void poll_for(int fd)
{
	polled[polled_count++] =
		(struct pollfd){ .fd = fd, .events = POLLIN | POLLRDHUP };
}

static int take_lines(const struct plan *plan, struct message *message)
{
	const struct plan_line *lines = plan_lines(plan);

	for (uint64_t i = 0; i < plan->lines.count; i++) {
		int fd = (int)lines[i].descriptor;

		/* Programs that providers start must not get it. */
		if (fcntl(fd, F_SETFD, FD_CLOEXEC))
			return fail(message, errno, "line %u: descriptor %d: %s",
				    lines[i].vector, fd, strerror(errno));
		poll_for(fd);
		/* The control may raise every line. */
		vcpu.lines |= lines[i].kind == PLAN_LINE_CONTROL
				      ? (2ull << PLAN_LAST_LINE) - 1
				      : 1ull << lines[i].vector;
	}
	return 0;
}

/* The thread blocks all signals: they are for the guest's thread or for providers. */
static int start_thread(const struct plan *plan)
{
	pthread_attr_t attributes;
	pthread_t thread;
	sigset_t all;
	int error;

	sigfillset(&all);
	error = pthread_attr_init(&attributes);
	if (error)
		return error;
	error = pthread_attr_setstacksize(&attributes, THREAD_STACK);
	if (!error)
		error = pthread_attr_setsigmask_np(&attributes, &all);
	if (!error)
		error = pthread_create(&thread, &attributes, serve, (void *)plan);
	pthread_attr_destroy(&attributes);
	/* libc's calls at the start of a thread are not those of NEEDS_THREAD. */
	while (!error && !__atomic_load_n(&is_serving, __ATOMIC_SEQ_CST))
		sched_yield();
	return error;
}

int sources_start(const struct plan *plan, int console, int *wake,
		  struct message *message)
{
	int error;

	*wake = -1;
	vcpu.lines = 1ull << JUMPSLOT_VECTOR_CONSOLE;
	if (!plan->lines.count &&
	    (!plan->vcpu_state || !plan_imports_name(plan, "_BSP_Virtual_Console_init")))
		return 0;
	console_input = console;
	poll_for(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	poll_for(-1);
	if (polled[WAKE].fd < 0)
		return fail(message, errno, "no eventfd for interrupts: %s",
			    strerror(errno));
	*wake = polled[WAKE].fd;
	error = take_lines(plan, message);
	if (error)
		return error;
	error = start_thread(plan);
	if (error)
		fail(message, error, "no thread for interrupts: %s", strerror(error));
	return -error;
}
