/* A PID namespace or a subreaper. See guest_processes.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/close_range.h"
#include "common/exit_status.h"
#include "common/monotonic.h"
#include "guest_processes.h"

/* The descriptor of the namespace's first process, which has no other. */
#define CONTROL	    3
#define FIRST_STACK ((size_t)16 << 10)
/* The longest time that the first process has to end all others, and to end itself. A
 * busy machine may not run it for seconds. */
#define ANSWER_NS UINT64_C(10000000000)

#define OVERFLOW_USER 65534

/* The number that stands for all users who have none in a user namespace. */
static uid_t overflow_user(void)
{
	unsigned user = OVERFLOW_USER;
	FILE *file = fopen("/proc/sys/kernel/overflowuid", "re");

	if (file && fscanf(file, "%u", &user) != 1)
		user = OVERFLOW_USER;
	if (file)
		fclose(file);
	return user;
}

/* Users may map only themselves. Files and clients of other users show the overflow user.
 * A user of that very number, "nobody" in containers, gets another one inside, or it
 * would take all others for itself. Groups stay as they are: programs tell owners and
 * clients apart by their users, and the kernel does not compare the numbers inside. */
static uid_t inner_user(uid_t user)
{
	if (user != overflow_user())
		return user;
	return user ? user - 1 : 1;
}

static int write_text(const char *path, const char *text, size_t length)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int error = fd < 0 || write(fd, text, length) != (ssize_t)length ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return error;
}

static int write_map(const char *path, unsigned inside, unsigned outside)
{
	char text[40];
	int length = snprintf(text, sizeof(text), "%u %u 1", inside, outside);

	return write_text(path, text, (size_t)length);
}

static int map_self(uid_t inside, uid_t user, gid_t group)
{
	int error = write_text("/proc/self/setgroups", "deny", 4);

	if (!error)
		error = write_map("/proc/self/uid_map", inside, user);
	if (!error)
		error = write_map("/proc/self/gid_map", group, group);
	return error;
}

/* With SIGCHLD ignored, wait() returns when no child is left. */
static void kill_all_others(void)
{
	kill(-1, SIGKILL);
	while (wait(NULL) > 0 || errno == EINTR)
		;
}

/* The argument of the first process. */
struct first {
	int control;
	bool maps_users;
	uid_t inside, user; /* the supervisor's, in the namespace and before */
	gid_t group;
};

/*
 * Process 1 of the namespace. Each byte from the supervisor asks for the end of all other
 * processes, and is sent back afterwards. The end of the socket is the supervisor's end;
 * when process 1 ends, the kernel kills the rest of the namespace.
 *
 * It runs in the supervisor's memory, because a copy would cost more than the namespace:
 * it allocates nothing, and its calls fail only while the supervisor waits for it, for
 * errno is shared.
 */
static int be_first(void *argument)
{
	const struct first *first = argument;
	int error = 0;
	char byte;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	signal(SIGCHLD, SIG_IGN);
	dup3(first->control, CONTROL, 0);
	/* Readers of the job's output must not wait for this process. */
	close_descriptors(0, CONTROL - 1);
	close_descriptors(CONTROL + 1, ~0u);
	if (first->maps_users) {
		error = map_self(first->inside, first->user, first->group);
		if (write(CONTROL, &error, sizeof(error)) != sizeof(error))
			_exit(EXIT_FAILURE);
	}
	while (read(CONTROL, &byte, 1) == 1) {
		kill_all_others();
		if (write(CONTROL, &byte, 1) != 1)
			break;
	}
	_exit(EXIT_SUCCESS);
}

/* Enters the namespaces of the first process: with the next fork for the PID namespace,
 * and at once for the user namespace, which the other belongs to. */
static int enter(const struct guest_processes *processes, int flags)
{
	int error = 0;

	if (flags & CLONE_NEWUSER &&
	    read(processes->control, &error, sizeof(error)) != sizeof(error))
		return -ECHILD;
	if (error)
		return error;
	return setns(processes->pidfd, flags) ? -errno : 0;
}

/* Returns whether that happens within ANSWER_NS. Looks once more after that time, in case
 * this process was stopped. Does not depend on errno, which the first process shares. */
static bool becomes_readable(int fd)
{
	const uint64_t until = monotonic_ns() + ANSWER_NS;
	struct pollfd event = { .fd = fd, .events = POLLIN };
	uint64_t now;

	do {
		now = monotonic_ns();
		if (poll(&event, 1, monotonic_ms_until(now, until)) > 0)
			return true;
	} while (now < until);
	return false;
}

static void close_descriptor(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* The first process ends after all others of the namespace. One that the kernel cannot
 * interrupt holds it up, and is left to end later. */
static void drop_first(struct guest_processes *processes)
{
	if (processes->first > 0) {
		kill(processes->first, SIGKILL);
		if (becomes_readable(processes->pidfd))
			waitpid(processes->first, NULL, 0);
	}
	processes->first = 0;
	close_descriptor(&processes->control);
	close_descriptor(&processes->pidfd);
}

/* Makes the namespaces of `flags`. Returns 0 or a negative errno, and then nothing has
 * changed. */
static int start_first(struct guest_processes *processes, int flags)
{
	static char stack[FIRST_STACK] __attribute__((__aligned__(16)));
	static struct first first;
	int pair[2], error = 0;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -errno;
	first = (struct first){ .control = pair[1],
				.user = geteuid(),
				.group = getegid() };
	first.maps_users = flags & CLONE_NEWUSER;
	if (first.maps_users)
		first.inside = inner_user(first.user);
	processes->control = pair[0];
	processes->first = clone(be_first, stack + sizeof(stack),
				 flags | CLONE_VM | CLONE_PIDFD | SIGCHLD, &first,
				 &processes->pidfd);
	if (processes->first < 0) {
		error = -errno;
		processes->pidfd = -1; /* the kernel may have written a number */
	} else {
		/* It does so too, but may not have run when the job is stopped. */
		setpgid(processes->first, processes->first);
	}
	close(pair[1]);
	if (!error)
		error = enter(processes, flags);
	if (error)
		drop_first(processes);
	return error;
}

/* Whether the guest must stay in this process group: then the terminal's keys reach it,
 * and it may read from the terminal. */
static bool needs_terminal(void)
{
	return tcgetpgrp(STDIN_FILENO) >= 0;
}

int guest_processes_start(struct guest_processes *processes, const pid_t *const *spared,
			  struct message *message)
{
	int error;

	*processes = (struct guest_processes){
		.layer = GUEST_PROCESSES_NAMESPACE,
		.own_session = !needs_terminal(),
		.control = -1,
		.pidfd = -1,
	};
	for (size_t i = 0; spared && i < GUEST_PROCESSES_SPARED; i++)
		processes->spared[i] = spared[i];
	error = start_first(processes, CLONE_NEWPID);
	if (error) {
		processes->layer = GUEST_PROCESSES_USER_NAMESPACE;
		error = start_first(processes, CLONE_NEWPID | CLONE_NEWUSER);
	}
	if (error) {
		processes->layer = GUEST_PROCESSES_SUBREAPER;
		processes->refusal = -error;
		error = prctl(PR_SET_CHILD_SUBREAPER, 1) ? -errno : 0;
	}
	if (!error && prctl(PR_SET_DUMPABLE, 0))
		error = -errno;
	return error ? fail(message, -error, "the guest's processes: %s",
			    strerror(-error))
		     : 0;
}

/* A process whose parent is in another namespace sees 0 as its parent's number, and 1
 * after the parent's end. */
static bool has_parent(const struct guest_processes *processes, pid_t parent)
{
	return getppid() == (processes->first ? 0 : parent);
}

/* Root's capability to trace would reach the supervisor through /proc. */
void guest_processes_join(const struct guest_processes *processes, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!has_parent(processes, parent))
		_exit(EXIT_FAILED);
	prctl(PR_CAPBSET_DROP, CAP_SYS_PTRACE);
	if (processes->own_session)
		setsid();
}

static bool is_spared(const struct guest_processes *processes, pid_t child)
{
	for (size_t i = 0; i < GUEST_PROCESSES_SPARED; i++)
		if (processes->spared[i] && *processes->spared[i] == child)
			return true;
	return false;
}

/* Kills the children of this process, orphans among them. Returns whether there was one.
 */
static bool kill_children(const struct guest_processes *processes)
{
	bool found = false;
	char path[64];
	FILE *list;
	int child;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	list = fopen(path, "re");
	while (list && fscanf(list, "%d", &child) == 1) {
		if (is_spared(processes, child))
			continue;
		found = true;
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	if (list)
		fclose(list);
	return found;
}

static bool first_answers(const struct guest_processes *processes)
{
	char byte = 0;

	return processes->first &&
	       send(processes->control, &byte, 1, MSG_NOSIGNAL) == 1 &&
	       becomes_readable(processes->control) &&
	       read(processes->control, &byte, 1) == 1;
}

static bool has_namespace(const struct guest_processes *processes)
{
	return processes->layer != GUEST_PROCESSES_SUBREAPER;
}

bool guest_processes_kill(struct guest_processes *processes)
{
	if (!has_namespace(processes)) {
		while (kill_children(processes))
			;
		return true;
	}
	if (first_answers(processes))
		return true;
	drop_first(processes);
	return false;
}

void guest_processes_end(struct guest_processes *processes)
{
	if (has_namespace(processes))
		drop_first(processes);
	else
		guest_processes_kill(processes);
}

/* The kernel has one errno for both limits, and for the depth of namespaces. */
static const char *refusal_text(int refusal)
{
	return refusal == ENOSPC ? "the limit user.max_user_namespaces or "
				   "user.max_pid_namespaces is reached"
				 : strerror(refusal);
}

int guest_processes_require_namespace(const struct guest_processes *processes,
				      struct message *message)
{
	if (has_namespace(processes))
		return 0;
	return fail(message, EPERM, "--sandbox=strict: no PID namespace is allowed: %s",
		    refusal_text(processes->refusal));
}

const char *guest_processes_name(const struct guest_processes *processes)
{
	switch (processes->layer) {
	case GUEST_PROCESSES_NAMESPACE:
		return "pid namespace";
	case GUEST_PROCESSES_USER_NAMESPACE:
		return "user and pid namespace";
	default:
		return "subreaper";
	}
}
