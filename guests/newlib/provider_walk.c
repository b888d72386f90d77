/*
 * Opens a path name by name. Each name is opened in a directory that is already open,
 * with O_NOFOLLOW, and ".." is the directory that the walk came from. So the walk stays
 * inside even if another process exchanges directories for links, or moves them,
 * meanwhile: the kernel never follows a link, and never goes up. Most names are neither
 * links nor errors, so each is opened first and looked at after a failure.
 *
 * openat2() would do all this in one call, but takes a new file's permissions from
 * memory, where the sandbox cannot check them: the guest's own code could create
 * set-user-ID programs. See provider_walk.h.
 */
#define _GNU_SOURCE
#include <jumpslot/provider.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "newlib_calls.h"
#include "provider_fstat.h"
#include "provider_walk.h"

#define MAX_LINKS 40 /* as the kernel's */
#define MAX_DEPTH ((NEWLIB_MAX_PATH + 1) / 2)
/* A link's text comes before the rest of the path. */
#define MAX_TEXT (PATH_MAX + NEWLIB_MAX_PATH)

/* The result of a step that neither failed nor opened the end of the path. */
enum { GO_ON = INT_MIN };

struct walk {
	int directories[MAX_DEPTH + 1]; /* from the root, which stays open, to here */
	int depth;
	int links;
	char text[MAX_TEXT + 1];
	const char *rest; /* the names that are left; no '/' before the first */
};

/* The rest of a path after a '/' at its end. */
static const char end_of_directory[] = ".";

static int here(const struct walk *walk)
{
	return walk->directories[walk->depth];
}

static int enter(struct walk *walk, int directory)
{
	if (walk->depth == MAX_DEPTH) {
		close(directory);
		return -ENAMETOOLONG;
	}
	walk->directories[++walk->depth] = directory;
	return GO_ON;
}

static int leave(struct walk *walk)
{
	int above;

	if (!walk->depth)
		return -EACCES;
	/* Only to get the error of a user who may not go there. */
	above = openat(here(walk), "..", O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (above < 0)
		return -errno;
	close(above);
	close(walk->directories[walk->depth--]);
	return GO_ON;
}

/* Puts a link's text before the rest. An absolute link leads outside. */
static int follow(struct walk *walk, int link)
{
	size_t rest = strlen(walk->rest);
	char text[PATH_MAX];
	ssize_t length = readlinkat(link, "", text, sizeof(text));

	if (length < 0)
		return -errno;
	if (++walk->links > MAX_LINKS)
		return -ELOOP;
	if (!length)
		return -ENOENT;
	if (text[0] == '/')
		return -EACCES;
	if ((size_t)length + 1 + rest > MAX_TEXT)
		return -ENAMETOOLONG;
	memmove(walk->text + length + (rest > 0), walk->rest, rest + 1);
	if (rest)
		walk->text[length] = '/';
	memcpy(walk->text, text, (size_t)length);
	walk->rest = walk->text;
	return GO_ON;
}

/* Moves the next name from the rest to `name`. A '/' at the end of a path means "/.". */
static int take_name(struct walk *walk, char name[NAME_MAX + 1])
{
	size_t length = strcspn(walk->rest, "/");
	size_t copied = length < NAME_MAX ? length : NAME_MAX;
	const char *end = walk->rest + length;

	memcpy(name, walk->rest, copied);
	name[copied] = 0;
	walk->rest = end + strspn(end, "/");
	if (*end && !*walk->rest)
		walk->rest = end_of_directory;
	return copied < length ? -ENAMETOOLONG : 0;
}

static int open_here(const struct walk *walk, const char *name, int flags,
		     int permissions)
{
	int fd;

	do
		fd = openat(here(walk), name, flags | O_NOFOLLOW | O_CLOEXEC,
			    (mode_t)permissions);
	while (fd < 0 && errno == EINTR);
	return fd < 0 ? -errno : fd;
}

/* Returns a descriptor with O_PATH, and the kind of file. */
static int look_at(const struct walk *walk, const char *name, mode_t *kind)
{
	int fd = open_here(walk, name, O_PATH, 0);
	struct stat status;
	int error;

	*kind = 0;
	if (fd < 0)
		return fd;
	if (provider_fstat(fd, &status)) {
		error = -errno;
		close(fd);
		return error;
	}
	*kind = status.st_mode & S_IFMT;
	return fd;
}

/* Whether an open failed as that of a link does; O_DIRECTORY decides which error. */
static bool may_be_link(int error)
{
	return error == -ELOOP || error == -ENOTDIR;
}

/* Returns `error` if the name is not a link. */
static int follow_name(struct walk *walk, const char *name, int error)
{
	mode_t kind;
	int fd = look_at(walk, name, &kind);

	if (fd < 0)
		return fd;
	if (S_ISLNK(kind))
		error = follow(walk, fd);
	close(fd);
	return error;
}

/* Goes into a directory or along a link, before the end of the path. */
static int step(struct walk *walk, const char *name)
{
	int fd;

	if (!strcmp(name, "."))
		return GO_ON;
	if (!strcmp(name, ".."))
		return leave(walk);
	fd = open_here(walk, name, O_PATH | O_DIRECTORY, 0);
	if (fd >= 0)
		return enter(walk, fd);
	return may_be_link(fd) ? follow_name(walk, name, fd) : fd;
}

static bool follows_last(int flags)
{
	int new = O_CREAT | O_EXCL;

	return !(flags & O_NOFOLLOW) && (flags & new) != new;
}

/* O_PATH opens a link itself. */
static int open_last_path(struct walk *walk, const char *name)
{
	mode_t kind;
	int fd = look_at(walk, name, &kind), result;

	if (!S_ISLNK(kind))
		return fd;
	result = follow(walk, fd);
	close(fd);
	return result;
}

static int open_last(struct walk *walk, const char *name, int flags, int permissions)
{
	int result, fd;

	if (!strcmp(name, "..")) {
		result = leave(walk);
		return result == GO_ON ? open_here(walk, ".", flags, permissions)
				       : result;
	}
	if ((flags & (O_PATH | O_DIRECTORY)) == O_PATH && follows_last(flags))
		return open_last_path(walk, name);
	fd = open_here(walk, name, flags, permissions);
	return may_be_link(fd) && follows_last(flags) ? follow_name(walk, name, fd) : fd;
}

/* "name/" cannot be made: the kernel says so before it looks whether it is there. */
static bool makes_directory(const struct walk *walk, const char *name, int flags)
{
	return flags & O_CREAT && walk->rest == end_of_directory && strcmp(name, ".") &&
	       strcmp(name, "..");
}

static int walk_text(struct walk *walk, int flags, int permissions)
{
	size_t length = strlen(walk->rest);
	char name[NAME_MAX + 1];
	int result;

	if (!length)
		return -ENOENT;
	do {
		result = take_name(walk, name);
		if (makes_directory(walk, name, flags))
			result = -EISDIR;
		else if (!result)
			result = *walk->rest ? step(walk, name)
					     : open_last(walk, name, flags, permissions);
	} while (result == GO_ON);
	return result;
}

int walk_open(int root, const char *path, int flags, int permissions)
{
	struct walk walk = { .directories = { root }, .rest = path };
	int result = walk_text(&walk, flags, permissions);

	while (walk.depth)
		close(walk.directories[walk.depth--]);
	return result;
}
