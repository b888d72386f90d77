/* Thunks for perf: tools/perf/Documentation/jit-interface.txt. See thunk_symbols.h. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/process_number.h"
#include "thunk_symbols.h"

/* /tmp is writable for everybody: the name may be a link to a file of this user. */
static int create(const char *path)
{
	return open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* A file that an earlier process of this PID left. */
static bool stale(const char *path)
{
	struct stat status;

	return !lstat(path, &status) && S_ISREG(status.st_mode) &&
	       status.st_uid == geteuid();
}

static int replace(const char *path)
{
	int fd = create(path);

	if (fd >= 0 || errno != EEXIST)
		return fd;
	if (!stale(path)) {
		errno = EEXIST;
		return -1;
	}
	return unlink(path) ? -1 : create(path);
}

static int write_lines(FILE *out, const struct thunk_area *area, thunk_name *name_of)
{
	for (size_t i = 0; i < area->count; i++)
		if (fprintf(out, "%" PRIxPTR " %zx " THUNK_PREFIX "%s\n",
			    area->start + i * area->stride, area->stride, name_of(i)) < 0)
			return -1;
	return fflush(out);
}

/* Returns 0 or an errno. */
static int write_file(const char *path, const struct thunk_area *area,
		      thunk_name *name_of)
{
	int fd = replace(path), error;
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");

	if (!out) {
		error = errno;
		if (fd >= 0)
			close(fd);
		return error;
	}
	error = write_lines(out, area, name_of) ? errno : 0;
	fclose(out);
	if (error)
		unlink(path); /* half a map would mislead */
	return error;
}

int thunk_symbols_write_perf_map(const struct thunk_area *area, thunk_name *name_of,
				 struct message *message)
{
	char path[sizeof("/tmp/perf-.map") + 20];
	int error;

	snprintf(path, sizeof(path), "/tmp/perf-%jd.map", process_number());
	error = write_file(path, area, name_of);
	if (error)
		return fail(message, error, "perf's map %s: %s", path, strerror(error));
	return 0;
}
