/* Process attributes and the filter of system calls. See layers.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "layers.h"
#include "plan.h"

int layers_no_new_privileges(struct message *message)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return fail(
			message, errno,
			"the sandbox needs no_new_privs: %s (--sandbox=off runs without)",
			strerror(errno));
	return 0;
}

/* Lowers a limit that is above `most`. */
static const struct rlimit *lower(struct rlimit *limit, rlim_t most)
{
	if (limit->rlim_cur > most)
		limit->rlim_cur = most;
	if (limit->rlim_max > most)
		limit->rlim_max = most;
	return limit;
}

/* A libc may have a type of its own for the numbers of resources. */
#define LOWER(resource, limit, most)                                                     \
	(getrlimit(resource, limit) || setrlimit(resource, lower(limit, most)))

int layers_limits(bool core, bool processes, struct message *message)
{
	struct rlimit limit;

	/* A core file would hold all of a guest's memory. */
	if ((!core && LOWER(RLIMIT_CORE, &limit, 0)) ||
	    LOWER(RLIMIT_NOFILE, &limit, PLAN_MAX_DESCRIPTORS) ||
	    (!processes && LOWER(RLIMIT_NPROC, &limit, 0)))
		return fail(message, errno,
			    "the sandbox needs limits of resources: %s "
			    "(--sandbox=off runs without)",
			    strerror(errno));
	return 0;
}

int layers_filter(const struct sock_fprog *program, struct message *message)
{
	long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			      SECCOMP_FILTER_FLAG_TSYNC, program);

	if (result > 0)
		return fail(message, EPERM,
			    "the sandbox: thread %ld of a provider has a filter of its "
			    "own",
			    result);
	if (result)
		return fail(message, errno,
			    "the sandbox needs seccomp: %s (--sandbox=off runs without)",
			    strerror(errno));
	return 0;
}
