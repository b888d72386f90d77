/*
 * Calls for a file that is open with O_PATH, whatever its path leads to by now. A kernel
 * that lacks such a call reaches the file by /proc/self/fd. All functions are
 * async-signal-safe, and return 0 or a negative errno: -ENOSYS where the call and /proc
 * are missing. Depends on nothing.
 */
#ifndef PROVIDER_OPENED_H
#define PROVIDER_OPENED_H

struct timespec;

int opened_access(int fd, int rights);
int opened_set_times(int fd, const struct timespec *times);
int opened_set_permissions(int fd, int permissions);

#endif
