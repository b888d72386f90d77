/* A child in this process's memory until it becomes the runner. See runner_start.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/exit_status.h"
#include "runner_start.h"

/* For the child until exec, and for messages. */
#define CHILD_STACK  ((size_t)64 << 10)
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Replaces this process; the three descriptors are -1 without a supervisor. */
static int exec_runner(const struct run *run, int outcome, int work_area, int trace,
		       struct message *message)
{
	int inherited[] = { run->plan, run->guest, outcome, work_area, trace };
	char text[COUNT(inherited)][16];
	char *argv[] = {
		(char *)run->runner, text[0], text[1], text[2], text[3], text[4], NULL
	};

	for (size_t i = 0; i < COUNT(inherited); i++) {
		snprintf(text[i], sizeof(text[i]), "%d", inherited[i]);
		if (inherited[i] >= 0)
			fcntl(inherited[i], F_SETFD, 0);
	}
	execv(run->runner, argv);
	return fail(message, errno, "the runner %s cannot be started: %s", run->runner,
		    strerror(errno));
}

int run_in_place(const struct run *run, struct message *message)
{
	return exec_runner(run, -1, -1, -1, message);
}

/* The child's argument. The child shares this process's memory until exec. */
struct child {
	const struct runner_start *start;
	pid_t parent;
	struct message *message;
	int error; /* of exec, with a message */
};

/* Without AddressSanitizer's checks, which know only the stacks of threads. */
__attribute__((__no_sanitize__("address"))) static int become_runner(void *argument)
{
	struct child *child = argument;
	const struct runner_start *start = child->start;

	guest_processes_join(start->processes, child->parent);
	if (start->run->errors)
		dup2(start->run->errors, STDERR_FILENO);
	sigprocmask(SIG_SETMASK, start->mask, NULL);
	child->error = exec_runner(start->run, start->outcome, start->work_area,
				   start->trace, child->message);
	_exit(EXIT_FAILED);
}

/* This process sleeps until exec, and its page tables are not copied. */
pid_t runner_start(const struct runner_start *start, int *pidfd, struct message *message)
{
	static char stack[CHILD_STACK] __attribute__((__aligned__(16)));
	struct child child = { .start = start, .parent = getpid(), .message = message };
	pid_t process =
		clone(become_runner, stack + sizeof(stack),
		      CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &child, pidfd);

	if (process < 0)
		return fail(message, errno, "the runner %s cannot be started: %s",
			    start->run->runner, strerror(errno));
	if (!child.error)
		return process;
	close(*pidfd);
	waitpid(process, NULL, 0);
	return child.error;
}
