/* One exec, and what has to be as it was before. See reset.h. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "process/calls/gate.h"
#include "guest.h"
#include "plan_read.h"
#include "reset.h"

static struct {
	char **arguments;
	bool possible;
	bool requested;
	bool warm;
	int work_area;	/* its memory file */
	int *inherited; /* descriptors that were open at the start */
	size_t count;
} reset = { .work_area = -1 };

/* Calls `visit` for each open descriptor but the directory's. */
static int visit_descriptors(int visit(int fd))
{
	DIR *directory = opendir("/proc/self/fd");
	struct dirent *entry;
	int error = 0;

	if (!directory)
		return -errno;
	while (!error && (entry = readdir(directory))) {
		int fd = atoi(entry->d_name);

		if (entry->d_name[0] != '.' && fd != dirfd(directory))
			error = visit(fd);
	}
	closedir(directory);
	return error;
}

static int inherit(int fd)
{
	int *more = realloc(reset.inherited, (reset.count + 1) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	reset.inherited = more;
	more[reset.count++] = fd;
	return 0;
}

static bool was_inherited(int fd)
{
	for (size_t i = 0; i < reset.count; i++)
		if (reset.inherited[i] == fd)
			return true;
	return false;
}

/* As at the start; what is to go is not closed here, should the exec fail. */
static int keep_or_leave(int fd)
{
	bool keep = fd == reset.work_area ? reset.warm : was_inherited(fd);

	return fcntl(fd, F_SETFD, keep ? 0 : FD_CLOEXEC) ? -errno : 0;
}

/* What is on the command line is not for programs that providers start. */
static void hide_arguments(void)
{
	for (char **argument = reset.arguments + 1; *argument; argument++)
		if (atoi(*argument) >= 0)
			fcntl(atoi(*argument), F_SETFD, FD_CLOEXEC);
}

int reset_prepare(char **arguments, struct message *message)
{
	int error;

	reset.arguments = arguments;
	reset.possible = plan_imports_name(guest.plan, "_BSP_Virtual_reset") ||
			 plan_imports_name(guest.plan, "_BSP_Virtual_faulthandler");
	hide_arguments();
	if (!reset.possible)
		return 0;
	if (arguments[RESET_OUTCOME + 1])
		reset.work_area = atoi(arguments[RESET_WORK_AREA]);
	error = visit_descriptors(inherit);
	return error ? fail(message, -error, "/proc/self/fd: %s", strerror(-error)) : 0;
}

bool reset_is_possible(void)
{
	return reset.possible;
}

static int make_work_area(uint64_t size)
{
	int fd = memfd_create("jumpslot-work-area", MFD_CLOEXEC);

	if (fd >= 0 && ftruncate(fd, (off_t)size))
		return -1;
	return fd;
}

int reset_share_work_area(struct message *message)
{
	uint64_t size = guest.plan->work_area_size;
	struct stat status;

	if (!reset.possible || !size)
		return 0;
	if (reset.work_area < 0)
		reset.work_area = make_work_area(size);
	if (reset.work_area < 0 || fstat(reset.work_area, &status))
		return fail(message, errno, "no memory file for the work area: %s",
			    strerror(errno));
	if ((uint64_t)status.st_size != size)
		return fail(message, EINVAL,
			    "the work area of before has %jd bytes, not %" PRIu64,
			    (intmax_t)status.st_size, size);
	if (mmap((void *)guest.work_area, (size_t)size, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED, reset.work_area, 0) == MAP_FAILED)
		return fail(message, errno, "the work area cannot be shared: %s",
			    strerror(errno));
	return 0;
}

void reset_request(bool warm)
{
	reset.warm = warm;
	reset.requested = true;
}

/* Exec keeps the mask; ours is that of the guest's start. */
static void reset_mask(void)
{
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &gate.guest_mask, NULL,
		sizeof(gate.guest_mask));
}

int reset_perform(struct message *message)
{
	char work_area[16];
	char *arguments[RESET_ARGUMENTS + 1] = { 0 };
	int error;

	if (!reset.requested)
		return 0;
	fflush(NULL);
	error = visit_descriptors(keep_or_leave);
	if (error)
		return fail(message, -error, "/proc/self/fd: %s", strerror(-error));
	memcpy(arguments, reset.arguments, RESET_WORK_AREA * sizeof(*arguments));
	if (reset.warm && reset.work_area >= 0) {
		snprintf(work_area, sizeof(work_area), "%d", reset.work_area);
		arguments[RESET_WORK_AREA] = work_area;
	}
	reset_mask();
	execv(arguments[0], arguments);
	return fail(message, errno, "the runner %s cannot be started again: %s",
		    arguments[0], strerror(errno));
}
