/* From the name of this program to that of a runner. See runner_path.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner_path.h"

/* This program's directory. Returns 0 or a negative errno. */
static int find_directory(const char **directory, struct message *message)
{
	static char *known;
	char self[PATH_MAX];
	ssize_t length;

	if (!known) {
		length = readlink("/proc/self/exe", self, sizeof(self));
		if (length < 0)
			return fail(message, errno,
				    "/proc/self/exe: %s (is /proc mounted?)",
				    strerror(errno));
		while (length > 0 && self[length - 1] != '/')
			length--;
		known = strndup(self, length ? (size_t)length - 1 : 0);
	}
	*directory = known;
	return known ? 0 : fail(message, ENOMEM, "out of memory");
}

int runner_path_beside(struct runner_path *path, const char *name,
		       struct message *message)
{
	const char *directory = "";
	int error = find_directory(&directory, message);

	if (error)
		return error;
	return asprintf(&path->text, "%s/%s", directory, name) < 0
		       ? fail(message, ENOMEM, "out of memory")
		       : 0;
}

int runner_path_find(struct runner_path *path, const struct machine *machine,
		     enum runner_kind kind, struct message *message)
{
	static const char *const suffixes[] = {
		[RUNNER_PROCESS] = "",
		[RUNNER_STATIC] = "-static",
		[RUNNER_KVM] = "-kvm",
	};
	char name[64];
	int error;

	snprintf(name, sizeof(name), "jumpslot-runner-%s%s", machine->name,
		 suffixes[kind]);
	error = runner_path_beside(path, name, message);
	if (!error && access(path->text, X_OK))
		return fail(message, errno, "no runner for %s guests%s: %s: %s",
			    machine->name, kind == RUNNER_KVM ? " in the kvm host" : "",
			    path->text, strerror(errno));
	return error;
}

int runner_path_partition(struct runner_path *path, const struct machine *machine,
			  struct message *message)
{
	char name[64];
	int error;

	snprintf(name, sizeof(name), "jumpslot-partition-%s", machine->name);
	error = runner_path_beside(path, name, message);
	if (!error && access(path->text, R_OK))
		return fail(message, errno, "no runtime for %s partitions: %s: %s",
			    machine->name, path->text, strerror(errno));
	return error;
}

int runner_path_library(struct runner_path *path, const char *name,
			const struct machine *machine, bool is_partition,
			struct message *message)
{
	char file[128];

	if (snprintf(file, sizeof(file),
		     is_partition ? "../partitions/%s-%s.lib" : "../providers/%s-%s.so",
		     name, machine->name) >= (int)sizeof(file))
		return fail(message, ENAMETOOLONG, "the name of a library is too long");
	return runner_path_beside(path, file, message);
}
