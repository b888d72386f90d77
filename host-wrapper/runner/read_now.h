/*
 * Reads without waiting from a descriptor that other processes may share. O_NONBLOCK
 * would change their reads as well.
 */
#ifndef JUMPSLOT_READ_NOW_H
#define JUMPSLOT_READ_NOW_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Like read() of a descriptor with O_NONBLOCK. Where the kernel cannot do that
 * (terminals; pipes before Linux 6.4), it waits if another process takes the input at the
 * same moment. Async-signal-safe.
 */
ssize_t read_now(int fd, void *buffer, size_t size);

#endif
