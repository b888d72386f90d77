/* The order of the layers. See sandbox.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/stat.h>

#include "common/layers.h"
#include "descriptors.h"
#include "filter.h"
#include "landlock.h"
#include "libc_ready.h"
#include "sandbox.h"

/* In this mode, memory that can be read can be executed: the filter's rules about
 * PROT_EXEC would mean nothing. */
static int leave_old_modes(struct message *message)
{
	int mode = personality(0xffffffff);
	bool old = mode >= 0 && mode & READ_IMPLIES_EXEC;

	if (mode < 0 || (old && personality((unsigned)(mode & ~READ_IMPLIES_EXEC)) < 0))
		return fail(message, errno, "the sandbox: the process's personality: %s",
			    strerror(errno));
	return 0;
}

/* Landlock holds for this thread and those that it starts later. */
static int refuse_other_threads(struct message *message)
{
	static const char path[] = "/proc/self/task";
	struct stat tasks;

	if (stat(path, &tasks))
		return fail(message, errno,
			    "--sandbox strict: %s: %s (expected a directory for each "
			    "thread)",
			    path, strerror(errno));
	/* A directory for each thread, beside . and .. */
	if (tasks.st_nlink != 3)
		return fail(message, EPERM,
			    "--sandbox strict: Landlock does not hold for the threads "
			    "that providers have started");
	return 0;
}

static int confine_files(const struct plan *plan, struct message *message)
{
	const bool strict = plan->options & PLAN_STRICT;
	int error = landlock_confine(plan->options & PLAN_KEEP_CORE, message);

	if (error == -EOPNOTSUPP)
		return strict ? fail(message, ENOTSUP,
				     "--sandbox strict: this kernel has no Landlock")
			      : 0;
	return !error && strict ? refuse_other_threads(message) : error;
}

int sandbox_prepare(const struct plan *plan, struct message *message)
{
	int error;

	if (!(plan->options & PLAN_SANDBOX))
		return 0;
	if (plan->providers.count > 1) /* the runner itself is one */
		libc_ready();
	error = leave_old_modes(message);
	if (!error)
		error = layers_no_new_privileges(message);
	return error ? error : confine_files(plan, message);
}

int sandbox_close(const struct plan *plan, struct sandbox_values *values,
		  struct message *message)
{
	int error;

	if (!(plan->options & PLAN_SANDBOX))
		return 0;
	error = layers_limits(plan->options & PLAN_KEEP_CORE,
			      plan->options & PLAN_PROCESSES, message);
	if (!error && filter_tells_opened(plan))
		error = descriptors_fill(&values->opened, message);
	return error ? error : filter_install(plan, values, message);
}
