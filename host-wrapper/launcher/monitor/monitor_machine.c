/* Pipes from QEMU, its end, and signals of this process. See monitor_machine.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/memory_file.h"
#include "common/monotonic.h"
#include "monitor_errors.h"
#include "monitor_input.h"
#include "monitor_log.h"
#include "monitor_machine.h"
#include "monitor_qemu.h"

#define BUFFER 4096

enum { ERRORS, LOG, CHILD, SIGNALS, OUTPUT, SOURCES };

/* A machine that runs. */
struct watch {
	const struct monitor_machine *machine;
	size_t count; /* of partitions */
	struct monitor_run *run;
	struct monitor_log log;
	struct monitor_errors errors;
	struct monitor_input input;
	int sources[SOURCES]; /* descriptors; -1: none, or at its end */
	sigset_t old_mask;
	pid_t child;
	int status; /* of the child */
	bool has_ended;
	bool gives_up;	   /* standard error took too long */
	uint64_t deadline; /* 0: none */
};

static int catch_signals(struct watch *watch, struct message *message)
{
	sigset_t mask;
	int fd;

	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGHUP);
	sigaddset(&mask, SIGQUIT);
	fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return fail(message, errno, "no descriptor for signals: %s",
			    strerror(errno));
	sigprocmask(SIG_BLOCK, &mask, &watch->old_mask);
	watch->sources[SIGNALS] = fd;
	return 0;
}

/* The boot image as a file that QEMU can open. */
static int image_file(const struct monitor_image *image, struct message *message)
{
	int fd = memory_file_create("the boot image", image->size, message);
	void *at;

	if (fd < 0)
		return fd;
	at = mmap(NULL, image->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED) {
		close(fd);
		return fail(message, errno, "the boot image cannot be written: %s",
			    strerror(errno));
	}
	memcpy(at, image->bytes, image->size);
	munmap(at, image->size);
	return fd;
}

/* A pipe from QEMU. Returns its end for QEMU. */
static int open_pipe(struct watch *watch, int source, struct message *message)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return fail(message, errno, "no pipe: %s", strerror(errno));
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	watch->sources[source] = ends[0];
	return ends[1];
}

static int open_descriptors(struct watch *watch, struct monitor_descriptors *descriptors,
			    struct message *message)
{
	*descriptors = (struct monitor_descriptors){ -1, -1, -1 };
	descriptors->image = image_file(watch->machine->image, message);
	if (descriptors->image >= 0)
		descriptors->errors = open_pipe(watch, ERRORS, message);
	if (descriptors->errors >= 0)
		descriptors->log = open_pipe(watch, LOG, message);
	return descriptors->log < 0 ? -EIO : 0;
}

static void close_descriptors(const struct monitor_descriptors *descriptors)
{
	const int fds[] = { descriptors->image, descriptors->errors, descriptors->log };

	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static int start(struct watch *watch, struct message *message)
{
	struct monitor_descriptors descriptors;
	int error = open_descriptors(watch, &descriptors, message);

	if (!error)
		error = monitor_input_lend(&watch->input, message);
	if (!error) {
		watch->child = monitor_qemu_start(watch->machine, &descriptors,
						  &watch->old_mask, message);
		error = watch->child < 0 ? watch->child : 0;
	}
	close_descriptors(&descriptors);
	if (error)
		return error;
	watch->sources[CHILD] = (int)syscall(SYS_pidfd_open, watch->child, 0);
	if (watch->sources[CHILD] >= 0)
		return 0;
	error = fail(message, errno, "QEMU cannot be watched: %s", strerror(errno));
	kill(watch->child, SIGKILL);
	waitpid(watch->child, NULL, 0);
	return error;
}

static void close_source(struct watch *watch, int source)
{
	if (watch->sources[source] >= 0)
		close(watch->sources[source]);
	watch->sources[source] = -1;
}

/* Once, so that a guest that writes without end delays nothing. */
static void read_errors(struct watch *watch)
{
	if (watch->sources[ERRORS] < 0 || monitor_errors_wait(&watch->errors))
		return;
	if (!monitor_errors_read(&watch->errors, watch->sources[ERRORS]))
		close_source(watch, ERRORS);
}

static void read_log(struct watch *watch)
{
	char buffer[BUFFER];
	ssize_t count;

	if (watch->sources[LOG] < 0)
		return;
	count = read(watch->sources[LOG], buffer, sizeof(buffer));
	if (count > 0)
		monitor_log_take(&watch->log, buffer, (size_t)count, watch->run,
				 watch->count);
	else if (count == 0 || (errno != EAGAIN && errno != EINTR))
		close_source(watch, LOG);
}

/* SIGTERM would wait for QEMU's main loop, which a guest that writes without end can keep
 * from its lock forever. */
static void read_signal(struct watch *watch)
{
	struct signalfd_siginfo info;

	if (read(watch->sources[SIGNALS], &info, sizeof(info)) != sizeof(info))
		return;
	watch->run->signal = (int)info.ssi_signo;
	watch->gives_up = true;
	if (!watch->has_ended)
		kill(watch->child, SIGKILL);
}

static int time_left_ms(const struct watch *watch)
{
	return watch->deadline ? monotonic_ms_until(monotonic_ns(), watch->deadline) : -1;
}

static void end_in_time(struct watch *watch)
{
	if (!watch->deadline || monotonic_ns() < watch->deadline)
		return;
	watch->deadline = 0;
	watch->gives_up = true;
	if (watch->has_ended)
		return;
	watch->run->timed_out = true;
	kill(watch->child, SIGKILL);
}

static bool is_wanted(const struct watch *watch, int source)
{
	switch (source) {
	case ERRORS:
		return !monitor_errors_wait(&watch->errors);
	case OUTPUT:
		return monitor_errors_wait(&watch->errors);
	case CHILD:
		return !watch->has_ended;
	default:
		return true;
	}
}

static void await(const struct watch *watch)
{
	struct pollfd wanted[SOURCES];

	for (int i = 0; i < SOURCES; i++)
		wanted[i] = (struct pollfd){
			.fd = is_wanted(watch, i) ? watch->sources[i] : -1,
			.events = i == OUTPUT ? POLLOUT : POLLIN,
		};
	poll(wanted, SOURCES, time_left_ms(watch));
}

static void pass_errors(struct watch *watch)
{
	read_errors(watch);
	monitor_errors_write(&watch->errors);
	if (watch->gives_up)
		monitor_errors_drop(&watch->errors);
}

static void look(struct watch *watch)
{
	await(watch);
	pass_errors(watch);
	read_log(watch);
	read_signal(watch);
	end_in_time(watch);
	if (!watch->has_ended &&
	    waitpid(watch->child, &watch->status, WNOHANG) == watch->child)
		watch->has_ended = true;
}

/* The pipes keep the last lines of a child that has ended. */
static bool is_over(const struct watch *watch)
{
	return watch->has_ended && watch->sources[LOG] < 0 &&
	       watch->sources[ERRORS] < 0 && !monitor_errors_wait(&watch->errors);
}

static void watch_child(struct watch *watch)
{
	while (!is_over(watch))
		look(watch);
}

static int judge(const struct watch *watch, struct message *message)
{
	if (watch->run->timed_out || watch->run->signal)
		return 0;
	if (watch->log.refusal.text[0])
		return fail(message, EIO, "monitor: %s", watch->log.refusal.text);
	if (watch->log.is_damaged)
		return fail(message, EIO, "the monitor's log is damaged");
	if (!watch->log.is_done)
		return WIFSIGNALED(watch->status)
			       ? fail(message, EIO,
				      "QEMU was stopped by signal %d (%s) before the "
				      "guest ended",
				      WTERMSIG(watch->status),
				      strsignal(WTERMSIG(watch->status)))
			       : fail(message, EIO,
				      "QEMU exited with status %d before the guest ended",
				      WEXITSTATUS(watch->status));
	for (size_t i = 0; i < watch->count; i++)
		if (!watch->run->ends[i].has_ended)
			return fail(message, EIO, "the monitor's log lacks an end");
	return 0;
}

static void stop_watching(struct watch *watch)
{
	watch->sources[OUTPUT] = -1; /* errors.to */
	for (int i = 0; i < SOURCES; i++)
		close_source(watch, i);
	monitor_input_take_back(&watch->input);
	sigprocmask(SIG_SETMASK, &watch->old_mask, NULL);
}

int monitor_machine_run(const struct monitor_machine *machine, size_t count,
			struct monitor_run *run, struct message *message)
{
	struct watch watch = { .machine = machine, .count = count, .run = run };
	int error;

	*run = (struct monitor_run){ 0 };
	for (size_t i = 0; i < SOURCES; i++)
		watch.sources[i] = -1;
	if (machine->timeout_ns)
		watch.deadline = monotonic_ns() + machine->timeout_ns;
	error = catch_signals(&watch, message);
	if (error)
		return error;
	error = start(&watch, message);
	if (!error) {
		monitor_errors_open(&watch.errors);
		watch.sources[OUTPUT] = watch.errors.to;
		watch_child(&watch);
		monitor_errors_close(&watch.errors);
		error = judge(&watch, message);
	}
	stop_watching(&watch);
	return error;
}
