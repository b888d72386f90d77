/* From the name of this program to that of a runner. See runner_path.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runner_path.h"

int runner_path_beside(struct runner_path *path, const char *name,
		       struct message *message)
{
	char self[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	if (length < 0)
		return fail(message, errno, "/proc/self/exe: %s (is /proc mounted?)",
			    strerror(errno));
	self[length] = 0;
	slash = strrchr(self, '/');
	if (slash)
		*slash = 0;
	if (snprintf(path->text, sizeof(path->text), "%s/%s", self, name) >=
	    (int)sizeof(path->text))
		return fail(message, ENAMETOOLONG, "%s: the path is too long", self);
	return 0;
}

int runner_path_find(struct runner_path *path, const struct machine *machine,
		     struct message *message)
{
	char name[64];
	int error;

	snprintf(name, sizeof(name), "jumpslot-runner-%s", machine->name);
	error = runner_path_beside(path, name, message);
	if (!error && access(path->text, X_OK))
		return fail(message, errno, "no runner for %s guests: %s: %s",
			    machine->name, path->text, strerror(errno));
	return error;
}
