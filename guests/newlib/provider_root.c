/*
 * Each path is opened once, and all else is done with what was opened. See
 * provider_root.h.
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include <jumpslot/provider.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "provider_opened.h"
#include "provider_root.h"
#include "provider_walk.h"

static int root = -1;

int root_use(const char *directory)
{
	root = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return root < 0 ? -errno : jumpslot_guest_directory(root);
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
	return walk_open(root, without_leading_slashes(path), flags, permissions);
}

int root_status_of_name(const char *path, struct stat *status)
{
	const char *name = without_leading_slashes(path);

	if (root < 0)
		return -EACCES;
	if (!*name || strchr(name, '/') || !strcmp(name, ".."))
		return 1;
	if (fstatat(root, name, status, AT_SYMLINK_NOFOLLOW))
		return -errno;
	return 0;
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

static int unlink_in_parent(char *path, int flags)
{
	const char *last;
	int parent = open_parent(path, &last);
	int error;

	if (parent < 0)
		return parent;
	error = unlinkat(parent, last, flags) ? -errno : 0;
	close(parent);
	return error;
}

int root_unlink(char *path)
{
	return unlink_in_parent(path, 0);
}

int root_remove_directory(char *path)
{
	return unlink_in_parent(path, AT_REMOVEDIR);
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

/* A call with a name in each of two directories. */
typedef int call_of_two(int, const char *, int, const char *);

static int with_parents(char *from, char *to, call_of_two *call)
{
	const char *from_last, *to_last;
	int from_parent = open_parent(from, &from_last);
	int to_parent = open_parent(to, &to_last);
	int error;

	if (from_parent < 0 || to_parent < 0)
		error = from_parent < 0 ? from_parent : to_parent;
	else
		error = call(from_parent, from_last, to_parent, to_last) ? -errno : 0;
	if (from_parent >= 0)
		close(from_parent);
	if (to_parent >= 0)
		close(to_parent);
	return error;
}

int root_rename(char *from, char *to)
{
	return with_parents(from, to, renameat);
}

/* Does not follow a symbolic link: it may lead outside, as ".." may. */
static int link_in(int from_parent, const char *from, int to_parent, const char *to)
{
	if (!strcmp(from, ".") || !strcmp(from, "..")) {
		errno = EPERM;
		return -1;
	}
	return linkat(from_parent, from, to_parent, to, 0);
}

int root_link(char *from, char *to)
{
	return with_parents(from, to, link_in);
}

/* A text that leads outside by ".." is not followed when the link is used. */
int root_symlink(const char *text, char *path)
{
	const char *last;
	int parent, error;

	if (text[0] == '/')
		return -EACCES;
	parent = open_parent(path, &last);
	if (parent < 0)
		return parent == -EBUSY ? -EEXIST : parent;
	error = symlinkat(text, parent, last) ? -errno : 0;
	close(parent);
	return error;
}

int root_access(const char *path, int rights)
{
	int fd = root_open(path, O_PATH, 0);
	int error;

	if (fd < 0)
		return fd;
	error = rights ? opened_access(fd, rights) : 0;
	close(fd);
	return error;
}

int root_read_link(const char *path, char *text, size_t size)
{
	int fd = root_open(path, O_PATH | O_NOFOLLOW, 0);
	ssize_t length;

	if (fd < 0)
		return fd;
	length = readlinkat(fd, "", text, size);
	/* Of a file that is not a link, the kernel says ENOENT where readlink() says
	 * EINVAL. */
	if (length < 0)
		length = errno == ENOENT ? -EINVAL : -errno;
	close(fd);
	return (int)length;
}
