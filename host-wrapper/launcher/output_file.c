/* open(), comparison, then truncation. See output_file.h. */
#define _GNU_SOURCE
#include "output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_same(const struct stat *one, const struct stat *other)
{
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

/* The kind of input that this file is; NULL: none. */
static const char *input_kind(const struct stat *its, const struct linked_guest *guest)
{
	struct stat status;

	if (!fstat(guest->file.fd, &status) && is_same(its, &status))
		return "the guest";
	for (size_t i = 0; i < guest->provider_count; i++)
		if (is_same(its, &guest->providers[i].status))
			return "a provider";
	return NULL;
}

static int refuse(const char *path, const char *kind, struct message *message)
{
	return fail(message, EINVAL, "%s: is %s (expected a file to overwrite)", path,
		    kind);
}

static int check(int fd, const char *path, const struct linked_guest *guest,
		 struct message *message)
{
	struct stat status;
	const char *kind;

	if (fstat(fd, &status))
		return fail(message, errno, "%s: %s", path, strerror(errno));
	kind = input_kind(&status, guest);
	if (kind)
		return refuse(path, kind, message);
	if (S_ISREG(status.st_mode) && ftruncate(fd, 0))
		return fail(message, errno, "%s: %s", path, strerror(errno));
	return 0;
}

int output_file_spare_guest(const char *path, const struct linked_guest *guest,
			    struct message *message)
{
	struct stat status;
	const char *kind;

	if (stat(path, &status))
		return 0;
	kind = input_kind(&status, guest);
	return kind ? refuse(path, kind, message) : 0;
}

int output_file_spare(const char *path, const char *input, const char *kind,
		      struct message *message)
{
	struct stat its, status;

	if (stat(path, &its) || stat(input, &status) || !is_same(&its, &status))
		return 0;
	return refuse(path, kind, message);
}

int output_file_open(const char *path, const struct linked_guest *guest,
		     struct message *message)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	int error;

	if (fd < 0)
		return fail(message, errno, "%s: %s", path, strerror(errno));
	error = check(fd, path, guest, message);
	if (!error)
		return fd;
	close(fd);
	return error;
}
