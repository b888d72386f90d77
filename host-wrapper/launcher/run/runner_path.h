/*
 * Where the runners and jumpslot-backtrace are: beside host-wrapper.
 */
#ifndef JUMPSLOT_RUNNER_PATH_H
#define JUMPSLOT_RUNNER_PATH_H

#include <stdbool.h>

#include "common/message.h"
#include "launcher/scan/elf_file.h"

struct runner_path {
	char *text; /* the caller's, by malloc() */
};

/* Finds another program of that directory. Returns 0 or a negative errno. */
int runner_path_beside(struct runner_path *path, const char *name,
		       struct message *message);

/* The runners of a machine. */
enum runner_kind {
	RUNNER_PROCESS, /* with a dynamic linker */
	RUNNER_STATIC,	/* the same without, which starts in two thirds of the time */
	RUNNER_KVM,
};

/* Finds the runner for guests of that machine. Returns 0 or a negative errno. */
int runner_path_find(struct runner_path *path, const struct machine *machine,
		     enum runner_kind kind, struct message *message);

/* Finds the monitor's runtime for partitions of that machine. */
int runner_path_partition(struct runner_path *path, const struct machine *machine,
			  struct message *message);

/* Where a library of that name is: for partitions, or a provider for processes. */
int runner_path_library(struct runner_path *path, const char *name,
			const struct machine *machine, bool is_partition,
			struct message *message);

#endif
