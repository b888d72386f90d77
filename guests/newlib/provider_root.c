/* Uses openat2(): the kernel keeps paths inside the root. See provider_root.h. */
#define _GNU_SOURCE
#include <jumpslot/provider.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "provider_root.h"

/* Maximum number of attempts while directories move. */
#define ATTEMPTS 100

static int root = -1;

static int open_within(int directory, const char *path, int flags, int permissions,
		       unsigned resolve)
{
	struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC),
		.mode = flags & O_CREAT ? (unsigned)permissions : 0,
		.resolve = resolve,
	};
	int attempts = ATTEMPTS;
	int fd;

	do
		fd = (int)syscall(SYS_openat2, directory, path, &how, sizeof(how));
	while (fd < 0 && (errno == EINTR || (errno == EAGAIN && --attempts)));
	/* The kernel returns EXDEV for a path that leads outside. */
	return fd >= 0 ? fd : errno == EXDEV ? -EACCES : -errno;
}

int root_use(const char *directory)
{
	root = open_within(AT_FDCWD, directory, O_PATH | O_DIRECTORY, 0, 0);
	return root < 0 ? root : jumpslot_guest_directory(root);
}

static const char *without_leading_slashes(const char *path)
{
	const char *rest = path + strspn(path, "/");

	return *path && !*rest ? "." : rest;
}

int root_open(const char *path, int flags, int permissions)
{
	if (root < 0)
		return -EACCES;
	return open_within(root, without_leading_slashes(path), flags, permissions,
			   RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
}

/*
 * Splits `path` before its last name and opens the directory that contains it. The last
 * name may be "." or "..": the kernel refuses to unlink or rename these.
 */
static int open_parent(char *path, const char **last)
{
	size_t end = strlen(path);

	while (end && path[end - 1] == '/')
		end--;
	if (!end && *path)
		return -EBUSY; /* the guest's directory itself */
	while (end && path[end - 1] != '/')
		end--;
	*last = path + end;
	if (end)
		path[end - 1] = 0;
	return root_open(end > 1 ? path : ".", O_PATH | O_DIRECTORY, 0);
}

int root_unlink(char *path)
{
	const char *last;
	int parent = open_parent(path, &last);
	int error;

	if (parent < 0)
		return parent;
	error = unlinkat(parent, last, 0) ? -errno : 0;
	close(parent);
	return error;
}

int root_make_directory(char *path, int permissions)
{
	const char *last;
	int parent = open_parent(path, &last);
	int error;

	if (parent < 0)
		return parent == -EBUSY ? -EEXIST : parent;
	error = mkdirat(parent, last, (mode_t)permissions) ? -errno : 0;
	close(parent);
	return error;
}

int root_remove_directory(char *path)
{
	const char *last;
	int parent = open_parent(path, &last);
	int error;

	if (parent < 0)
		return parent;
	error = unlinkat(parent, last, AT_REMOVEDIR) ? -errno : 0;
	close(parent);
	return error;
}

/* Asks about the opened file, so that no link can take its place in between. */
int root_access(const char *path, int rights)
{
	int fd = root_open(path, O_PATH, 0);
	int error;

	if (fd < 0 || !rights) {
		if (fd >= 0)
			close(fd);
		return fd < 0 ? fd : 0;
	}
	error = syscall(SYS_faccessat2, fd, "", rights, AT_EMPTY_PATH) ? -errno : 0;
	close(fd);
	return error;
}

int root_rename(char *from, char *to)
{
	const char *from_last, *to_last;
	int from_parent = open_parent(from, &from_last);
	int to_parent = open_parent(to, &to_last);
	int error;

	if (from_parent < 0 || to_parent < 0)
		error = from_parent < 0 ? from_parent : to_parent;
	else
		error = renameat(from_parent, from_last, to_parent, to_last) ? -errno : 0;
	if (from_parent >= 0)
		close(from_parent);
	if (to_parent >= 0)
		close(to_parent);
	return error;
}
