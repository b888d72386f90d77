/*
 * Reads without waiting from a descriptor that other processes may share. O_NONBLOCK
 * would change their reads as well.
 */
#ifndef JUMPSLOT_READ_NOW_H
#define JUMPSLOT_READ_NOW_H

#include <stddef.h>
#include <sys/types.h>

/* The system calls for a descriptor of that kind, JUMPSLOT_CHECK_*, in a table; and
 * READ_NOW_NEEDS_POLL, for files that read() would wait for. */
#define READ_NOW_NEEDS(kind)                                                             \
	JUMPSLOT_ALLOW_IF("preadv2", JUMPSLOT_ARG_IS(0, kind)),                          \
		JUMPSLOT_ALLOW_IF("read", JUMPSLOT_ARG_IS(0, kind))
#define READ_NOW_NEEDS_POLL                                                              \
	JUMPSLOT_ALLOW_IF("poll", JUMPSLOT_ARG(1, 1), JUMPSLOT_ARG(2, 0))

/*
 * Like read() of a descriptor with O_NONBLOCK. Where the kernel cannot do that
 * (terminals; pipes before Linux 6.4), it waits if another process takes the input at the
 * same moment. Async-signal-safe.
 */
ssize_t read_now(int fd, void *buffer, size_t size);

#endif
