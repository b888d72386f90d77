/*
 * access() for a file that is open with O_PATH, whatever its path leads to by now. A
 * kernel that lacks such a call reaches the file by /proc/self/fd. Async-signal-safe.
 * Returns 0 or a negative errno: -ENOSYS where the call and /proc are missing. Depends on
 * nothing.
 */
#ifndef PROVIDER_OPENED_H
#define PROVIDER_OPENED_H

int opened_access(int fd, int rights);

#endif
