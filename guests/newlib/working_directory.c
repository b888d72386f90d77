/*
 * chdir() and getcwd(): a path from the root, without links, "." and "..", which comes
 * before each relative path. So the host confines relative paths as it does others.
 * Depends on newlib and newlib_calls.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "errors.h"
#include "working_directory.h"

#define MAX_LINKS 40 /* as the host's */

/* Empty for the root; otherwise starts with '/' and does not end with it. */
static char working[NEWLIB_MAX_PATH + 1];

static int fail(int error)
{
	errno = error;
	return -1;
}

/* Sets `to` to first/second, cut to its size. Returns whether that is all of it. */
static int join(struct full_path *to, const char *first, const char *second)
{
	size_t before = strlen(first), after = strlen(second);
	size_t room = sizeof(to->text) - 2 - before;

	memcpy(to->text, first, before);
	to->text[before] = '/';
	memcpy(to->text + before + 1, second, after < room ? after : room);
	to->text[before + 1 + (after < room ? after : room)] = 0;
	return after < room;
}

const char *full_path(struct full_path *full, const char *path)
{
	if (!*working || !*path || *path == '/')
		return path;
	join(full, working, path);
	return full->text;
}

static void cut_last_name(struct full_path *path)
{
	*strrchr(path->text, '/') = 0;
}

/* Puts the text of a link before the rest of the path. */
static int follow(struct full_path *rest, char *text, size_t length)
{
	struct full_path copy = *rest;

	if (length > NEWLIB_MAX_PATH)
		return fail(ENAMETOOLONG);
	text[length] = 0;
	if (text[0] == '/')
		return fail(EACCES);
	return join(rest, text, copy.text) ? 0 : fail(ENAMETOOLONG);
}

static int check_directory(const char *path)
{
	struct newlib_status status;

	if (errors_take(newlib_status_of_path(path, &status)) < 0)
		return -1;
	if (status.kind != NEWLIB_DIRECTORY)
		return fail(ENOTDIR);
	return (int)errors_take(newlib_access(path, NEWLIB_MAY_EXECUTE));
}

/* Adds a name to a path without links; a link's text goes to the rest instead. */
static int add_name(struct full_path *path, const char *name, struct full_path *rest)
{
	struct full_path before = *path, text;
	int length;

	if (!strcmp(name, "."))
		return 0;
	if (!strcmp(name, "..")) {
		if (!path->text[0])
			return fail(EACCES);
		if (check_directory(path->text))
			return -1;
		cut_last_name(path);
		return 0;
	}
	if (!join(path, before.text, name))
		return fail(ENAMETOOLONG);
	length = newlib_read_link(path->text, text.text, sizeof(text.text) - 1);
	if (length == -NEWLIB_EINVAL)
		return 0;
	if (errors_take(length) < 0)
		return -1;
	cut_last_name(path);
	return follow(rest, text.text, (size_t)length) ? -1 : 1;
}

/* Fills in the path without links. Returns 0, or -1 with errno set. */
static int resolve(struct full_path *path, struct full_path *rest)
{
	int links = 0;

	path->text[0] = 0;
	for (;;) {
		char *start = rest->text + strspn(rest->text, "/");
		size_t length = strcspn(start, "/");
		struct full_path name;
		int result;

		if (!length)
			return 0;
		memcpy(name.text, start, length);
		name.text[length] = 0;
		memmove(rest->text, start + length, strlen(start + length) + 1);
		result = add_name(path, name.text, rest);
		if (result < 0)
			return -1;
		links += result;
		if (links > MAX_LINKS)
			return fail(ELOOP);
	}
}

int chdir(const char *path)
{
	struct full_path rest, to;

	if (!*path)
		return fail(ENOENT);
	if (!join(&rest, *path == '/' ? "" : working, path))
		return fail(ENAMETOOLONG);
	if (resolve(&to, &rest) || check_directory(*to.text ? to.text : "/"))
		return -1;
	strcpy(working, to.text);
	return 0;
}

char *getcwd(char *buffer, size_t size)
{
	const char *path = *working ? working : "/";

	if (!buffer)
		return strdup(path);
	if (size <= strlen(path)) {
		errno = size ? ERANGE : EINVAL;
		return NULL;
	}
	return strcpy(buffer, path);
}
