/* A file that the launcher writes, at a path of the command line. */
#ifndef JUMPSLOT_OUTPUT_FILE_H
#define JUMPSLOT_OUTPUT_FILE_H

#include "launcher/link/linked_guest.h"

/*
 * Opens the file for writing, empty. Refuses that of the guest, and of a provider: these
 * are read after that, and options in the wrong order would destroy them. Returns the
 * descriptor, or a negative errno with a line that names the path.
 */
int output_file_open(const char *path, const struct linked_guest *guest,
		     struct message *message);

/* Refuses a path that leads to the files of another guest. Returns 0 or a negative errno.
 */
int output_file_spare_guest(const char *path, const struct linked_guest *guest,
			    struct message *message);

/* Refuses a path that leads to another input, which `kind` describes. */
int output_file_spare(const char *path, const char *input, const char *kind,
		      struct message *message);

#endif
