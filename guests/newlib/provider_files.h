/*
 * The guest's open files by their numbers, which are not the host's: the guest reaches
 * the console and what it opened itself, and no other descriptor of the process.
 * All but files_start() are async-signal-safe. They return a negative errno on failure.
 */
#ifndef PROVIDER_FILES_H
#define PROVIDER_FILES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct newlib_status;

/* The console, as far as it is open on the host. To be called first. */
void files_start(void);

/* The arguments are those of newlib_calls.h, with all memory checked by the caller. */
int files_open(char *path, int how, int permissions);
int files_close(int file);
ssize_t files_read(int file, void *buffer, size_t count);
ssize_t files_write(int file, const void *bytes, size_t count);
int64_t files_seek(int file, int64_t offset, int whence);
int files_status(int file, struct newlib_status *status);
int files_status_of_path(char *path, struct newlib_status *status);

#endif
