/* From the name of this program to that of a runner. See runner_path.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runner_path.h"

/* This program's directory. Returns 0 or a negative errno. */
static int find_directory(const char **directory, struct message *message)
{
	static char self[PATH_MAX]; /* empty: not asked for yet */
	ssize_t length = 0;
	char *slash;

	*directory = self;
	if (!*self)
		length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (length < 0)
		return fail(message, errno, "/proc/self/exe: %s (is /proc mounted?)",
			    strerror(errno));
	slash = length ? strrchr(self, '/') : NULL;
	if (slash)
		*slash = 0;
	return 0;
}

int runner_path_beside(struct runner_path *path, const char *name,
		       struct message *message)
{
	const char *directory;
	int error = find_directory(&directory, message);

	if (error)
		return error;
	if (snprintf(path->text, sizeof(path->text), "%s/%s", directory, name) >=
	    (int)sizeof(path->text))
		return fail(message, ENAMETOOLONG, "%s: the path is too long", directory);
	return 0;
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
