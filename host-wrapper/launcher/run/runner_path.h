/*
 * Where the runners and jumpslot-backtrace are: beside host-wrapper.
 */
#ifndef JUMPSLOT_RUNNER_PATH_H
#define JUMPSLOT_RUNNER_PATH_H

#include <limits.h>
#include <stdbool.h>

#include "common/message.h"
#include "launcher/scan/elf_file.h"

struct runner_path {
	char text[PATH_MAX];
};

/* Finds another program of that directory. Returns 0 or a negative errno. */
int runner_path_beside(struct runner_path *path, const char *name,
		       struct message *message);

/*
 * Finds the runner for guests of that machine: the one with a dynamic linker, or the
 * static one, which starts in two thirds of the time. Returns 0 or a negative errno.
 */
int runner_path_find(struct runner_path *path, const struct machine *machine,
		     bool is_dynamic, struct message *message);

#endif
