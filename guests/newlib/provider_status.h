/*
 * Status of files and paths. All functions are async-signal-safe
 * and return 0 or a negative errno; the caller has checked all memory.
 * Depends on nothing.
 */
#ifndef PROVIDER_STATUS_H
#define PROVIDER_STATUS_H

struct newlib_status;

/* As the functions of newlib_calls.h. */
int status_of_file(int file, struct newlib_status *status);
int status_of_path(char *path, struct newlib_status *status);
int status_of_link(char *path, struct newlib_status *status);

#endif
