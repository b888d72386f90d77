/*
 * Reading what is there, without waiting, from a descriptor that others may share: so not
 * by O_NONBLOCK, which would hold for them as well.
 */
#ifndef JUMPSLOT_READ_NOW_H
#define JUMPSLOT_READ_NOW_H

#include <stddef.h>
#include <sys/types.h>

/*
 * As read() of a descriptor with O_NONBLOCK. Where the kernel cannot do that (terminals;
 * pipes before Linux 6.4), it waits if somebody else takes what is there at the same
 * moment. Async-signal-safe.
 */
ssize_t read_now(int fd, void *buffer, size_t size);

#endif
