/* Soft and hard limits of the process. See limits.h. */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "common/plan.h"
#include "limits.h"

/* Lowers a limit, or leaves a lower one. */
static int lower(int resource, rlim_t most)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit))
		return -1;
	if (limit.rlim_cur > most)
		limit.rlim_cur = most;
	if (limit.rlim_max > most)
		limit.rlim_max = most;
	return setrlimit(resource, &limit);
}

int limits_set(const struct plan *plan, struct message *message)
{
	/* A core file would hold all of a guest's memory. */
	if ((!(plan->options & PLAN_KEEP_CORE) && lower(RLIMIT_CORE, 0)) ||
	    lower(RLIMIT_NOFILE, PLAN_MAX_DESCRIPTORS) ||
	    (!(plan->options & PLAN_PROCESSES) && lower(RLIMIT_NPROC, 0)))
		return fail(message, errno, "the sandbox needs limits of resources: %s",
			    strerror(errno));
	return 0;
}
