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
#include <time.h>
#include <unistd.h>

#include "common/memory_file.h"
#include "monitor_log.h"
#include "monitor_machine.h"
#include "monitor_qemu.h"

#define SECOND_NS 1000000000u
#define BUFFER	  4096

enum { ERRORS, LOG, CHILD, SIGNALS, SOURCES };

/* A machine that runs. */
struct watch {
	const struct monitor_machine *machine;
	size_t count; /* of partitions */
	struct monitor_run *run;
	struct monitor_log log;
	struct pollfd sources[SOURCES];
	sigset_t old_mask;
	pid_t child;
	int status; /* of the child */
	bool has_ended;
	uint64_t deadline; /* 0: none */
};

static uint64_t now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * SECOND_NS + (uint64_t)time.tv_nsec;
}

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
	watch->sources[SIGNALS] = (struct pollfd){ .fd = fd, .events = POLLIN };
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
	watch->sources[source] = (struct pollfd){ .fd = ends[0], .events = POLLIN };
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

	if (!error) {
		watch->child = monitor_qemu_start(watch->machine, &descriptors,
						  &watch->old_mask, message);
		error = watch->child < 0 ? watch->child : 0;
	}
	close_descriptors(&descriptors);
	if (error)
		return error;
	watch->sources[CHILD] =
		(struct pollfd){ .fd = (int)syscall(SYS_pidfd_open, watch->child, 0),
				 .events = POLLIN };
	if (watch->sources[CHILD].fd >= 0)
		return 0;
	error = fail(message, errno, "QEMU cannot be watched: %s", strerror(errno));
	kill(watch->child, SIGKILL);
	waitpid(watch->child, NULL, 0);
	return error;
}

static void pass_errors(const char *bytes, size_t size)
{
	while (size) {
		ssize_t count = write(STDERR_FILENO, bytes, size);

		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return;
		bytes += count;
		size -= (size_t)count;
	}
}

/* Takes everything that is there. Forgets the source at its end. */
static void read_source(struct watch *watch, int source)
{
	struct pollfd *from = &watch->sources[source];
	char buffer[BUFFER];
	ssize_t count;

	while (from->fd >= 0 && (count = read(from->fd, buffer, sizeof(buffer)))) {
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return;
		if (source == ERRORS)
			pass_errors(buffer, (size_t)count);
		else
			monitor_log_take(&watch->log, buffer, (size_t)count, watch->run,
					 watch->count);
	}
	if (from->fd >= 0)
		close(from->fd);
	from->fd = -1;
}

static void read_signal(struct watch *watch)
{
	struct signalfd_siginfo info;

	if (read(watch->sources[SIGNALS].fd, &info, sizeof(info)) != sizeof(info))
		return;
	watch->run->signal = (int)info.ssi_signo;
	kill(watch->child, SIGTERM);
}

static int time_left_ms(const struct watch *watch)
{
	const uint64_t now = watch->deadline ? now_ns() : 0;

	if (!watch->deadline)
		return -1;
	return now >= watch->deadline ? 0 : (int)((watch->deadline - now) / 1000000 + 1);
}

static void end_in_time(struct watch *watch)
{
	if (!watch->deadline || now_ns() < watch->deadline)
		return;
	watch->run->timed_out = true;
	watch->deadline = 0;
	kill(watch->child, SIGKILL);
}

static void look(struct watch *watch)
{
	poll(watch->sources, SOURCES, time_left_ms(watch));
	read_source(watch, ERRORS);
	read_source(watch, LOG);
	if (watch->sources[SIGNALS].revents)
		read_signal(watch);
	end_in_time(watch);
	if (waitpid(watch->child, &watch->status, WNOHANG) == watch->child)
		watch->has_ended = true;
}

/* The pipes keep the last lines of a child that has ended. */
static void watch_child(struct watch *watch)
{
	while (!watch->has_ended)
		look(watch);
	read_source(watch, ERRORS);
	read_source(watch, LOG);
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
	for (size_t i = 0; i < SOURCES; i++)
		if (watch->sources[i].fd >= 0)
			close(watch->sources[i].fd);
	sigprocmask(SIG_SETMASK, &watch->old_mask, NULL);
}

int monitor_machine_run(const struct monitor_machine *machine, size_t count,
			struct monitor_run *run, struct message *message)
{
	struct watch watch = { .machine = machine, .count = count, .run = run };
	int error;

	*run = (struct monitor_run){ 0 };
	for (size_t i = 0; i < SOURCES; i++)
		watch.sources[i].fd = -1;
	if (machine->timeout_ns)
		watch.deadline = now_ns() + machine->timeout_ns;
	error = catch_signals(&watch, message);
	if (error)
		return error;
	error = start(&watch, message);
	if (!error) {
		watch_child(&watch);
		error = judge(&watch, message);
	}
	stop_watching(&watch);
	return error;
}
