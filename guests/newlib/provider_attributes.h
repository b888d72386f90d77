/*
 * Changes a file's permissions and times. Each change is made through a descriptor that
 * is not O_PATH: then the kernel checks that the file is below the root, and the guest
 * needs no system call that changes attributes by a path. All functions are
 * async-signal-safe, and return 0 or a negative errno. Depends on <stdint.h>.
 */
#ifndef PROVIDER_ATTRIBUTES_H
#define PROVIDER_ATTRIBUTES_H

#include <stdint.h>

/* By the guest's number of an open file. */
int attributes_set_times_of_file(int file, int64_t accessed_ns, int64_t modified_ns);
int attributes_set_permissions_of_file(int file, int permissions);

/*
 * Of a regular file or a directory that the process may read or write. These follow a
 * link at the end of the path.
 */
int attributes_set_times(const char *path, int64_t accessed_ns, int64_t modified_ns);
int attributes_set_permissions(const char *path, int permissions);

#endif
