/*
 * Status, times and permissions of files and paths. All functions are async-signal-safe
 * and return 0 or a negative errno; the caller has checked all memory.
 * Depends on <stdint.h>.
 */
#ifndef PROVIDER_STATUS_H
#define PROVIDER_STATUS_H

#include <stdint.h>

struct newlib_status;

/* As the functions of newlib_calls.h. */
int status_of_file(int file, struct newlib_status *status);
int status_of_path(char *path, struct newlib_status *status);
int status_of_link(char *path, struct newlib_status *status);
int status_set_times_of_file(int file, int64_t accessed_ns, int64_t modified_ns);
int status_set_times(char *path, int64_t accessed_ns, int64_t modified_ns);
int status_set_permissions_of_file(int file, int permissions);
int status_set_permissions(char *path, int permissions);

#endif
