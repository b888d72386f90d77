/* The first process of the guest's PID namespace, before it has run at all. */

#define _GNU_SOURCE
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "launcher/run/guest_processes.h"
#include "unit.h"

/* A new child of a real-time process runs on its processor when the parent waits, and not
 * before. Returns whether this process may be one. */
static bool become_real_time(void)
{
	const struct sched_param lowest = { .sched_priority = 1 };
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET((size_t)sched_getcpu(), &one);
	return !sched_setaffinity(0, sizeof(one), &one) &&
	       !sched_setscheduler(0, SCHED_FIFO, &lowest);
}

/* In the job's group, it would be stopped with the job before it has asked for the signal
 * of its parent's death, and would stay, with the job's standard error open. */
START_TEST(no_signal_to_the_job_reaches_the_first_process)
{
	bool real_time = become_real_time();
	struct guest_processes processes;
	struct message message;
	pid_t group = 0;
	pid_t first;
	int error;

	error = guest_processes_start(&processes, NULL, &message);
	first = processes.first;
	if (first)
		group = getpgid(first);
	guest_processes_end(&processes);
	ck_assert_int_eq(error, 0);
	ck_assert_int_eq(group, first);
	/* In a user namespace, it has run when guest_processes_start() returns. */
	if (!real_time || processes.layer != GUEST_PROCESSES_NAMESPACE)
		puts("NOT RUN: the first process before it runs: needs root");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { no_signal_to_the_job_reaches_the_first_process };

	return unit_run("guest processes", tests, COUNT(tests));
}
