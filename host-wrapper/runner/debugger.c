/*
 * The kernel tells a process who traces it, but not when that changes: this process looks
 * every 50 milliseconds. See debugger.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "common/process_number.h"
#include "debugger.h"

static const struct timespec pause = { .tv_nsec = 50000000 };

/* Returns whether a process traces this one, or a negative errno. */
static int is_traced(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[256];
	int tracer = -1;

	while (status && tracer < 0 && fgets(line, sizeof(line), status))
		sscanf(line, "TracerPid: %d", &tracer);
	if (status)
		fclose(status);
	return tracer < 0 ? -ENOENT : tracer > 0;
}

bool debugger_is_attached(void)
{
	return is_traced() > 0;
}

int debugger_wait(const struct plan *plan, struct message *message)
{
	int traced;

	if (!(plan->options & PLAN_WAIT_GDB))
		return 0;
	/* Where Yama lets only ancestors attach. Fails where there is no Yama. */
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
	fail(message, 0, "waits for a debugger: gdb -p %jd", process_number());
	message_print(plan_string(plan, plan->name), message);
	while (!(traced = is_traced()))
		nanosleep(&pause, NULL);
	return traced < 0 ? fail(message, -traced, "--wait-gdb: /proc/self/status: %s",
				 strerror(-traced))
			  : 0;
}
