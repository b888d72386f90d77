/* See provider_status.h. */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include <jumpslot/provider.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "newlib_calls.h"
#include "provider_files.h"
#include "provider_fstat.h"
#include "provider_root.h"
#include "provider_status.h"

#define NS_PER_SECOND 1000000000
#define NOT_OPEN      (-1)

static uint32_t kind_of(const struct stat *status, int fd)
{
	if (S_ISREG(status->st_mode))
		return NEWLIB_FILE;
	if (S_ISDIR(status->st_mode))
		return NEWLIB_DIRECTORY;
	if (S_ISLNK(status->st_mode))
		return NEWLIB_LINK;
	return fd != NOT_OPEN && isatty(fd) ? NEWLIB_TERMINAL : NEWLIB_STREAM;
}

static int64_t ns_of(struct timespec time)
{
	return (int64_t)time.tv_sec * NS_PER_SECOND + time.tv_nsec;
}

static void fill(struct newlib_status *to, const struct stat *status, int fd)
{
	int has_size = S_ISREG(status->st_mode) || S_ISLNK(status->st_mode);

	*to = (struct newlib_status){
		.kind = kind_of(status, fd),
		.permissions = status->st_mode & 0777,
		.size = has_size ? status->st_size : 0,
		.accessed_ns = ns_of(status->st_atim),
		.modified_ns = ns_of(status->st_mtim),
		.changed_ns = ns_of(status->st_ctim),
		.blocks = status->st_blocks,
		.device = status->st_dev,
		.number = status->st_ino,
		.links = status->st_nlink,
	};
}

static int status_of(int fd, struct newlib_status *to)
{
	struct stat status;

	if (provider_fstat(fd, &status))
		return -errno;
	fill(to, &status, fd);
	return 0;
}

int status_of_file(int file, struct newlib_status *status)
{
	int fd = files_descriptor(file);

	return fd < 0 ? fd : status_of(fd, status);
}

static int status_of_opened(char *path, int flags, struct newlib_status *status)
{
	int fd = root_open(path, O_PATH | flags, 0);
	int error;

	if (fd < 0)
		return fd;
	error = status_of(fd, status);
	close(fd);
	return error;
}

/* Programs that look for a file look for one name, and most often it is not there. */
int status_of_path(char *path, struct newlib_status *to)
{
	struct stat status;
	int result = root_status_of_name(path, &status);

	if (result > 0 || (!result && S_ISLNK(status.st_mode)))
		return status_of_opened(path, 0, to);
	if (!result)
		fill(to, &status, NOT_OPEN);
	return result;
}

int status_of_link(char *path, struct newlib_status *to)
{
	struct stat status;
	int result = root_status_of_name(path, &status);

	if (result > 0)
		return status_of_opened(path, O_NOFOLLOW, to);
	if (!result)
		fill(to, &status, NOT_OPEN);
	return result;
}
