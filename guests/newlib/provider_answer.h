/*
 * Arguments and results of functions that the guest calls: paths are copied before they
 * are checked, results become numbers of newlib_calls.h, and errno stays what it was.
 * Depends on <errno.h>, <stdint.h> and newlib_calls.h.
 */
#ifndef PROVIDER_ANSWER_H
#define PROVIDER_ANSWER_H

#include <errno.h>
#include <stdint.h>

#include "newlib_calls.h"

/*
 * ANSWER(result), ANSWER_LONG(result): the result of `result`, an expression that is a
 * negative errno of the host on failure. Chain steps by `?:`, each of which returns 0 to
 * go on. Restores errno, for a host function that an interrupt of the guest came upon.
 */
#define ANSWER(result) (int)ANSWER_LONG(result)
#define ANSWER_LONG(result)                                                              \
	__extension__({                                                                  \
		int errno_before = errno;                                                \
		int64_t answer = answer_translate(result);                               \
                                                                                         \
		errno = errno_before;                                                    \
		answer;                                                                  \
	})

/* Converts a negative errno of the host to one of NEWLIB_ERRORS. */
int64_t answer_translate(int64_t result);

struct answer_path {
	char text[NEWLIB_MAX_PATH + 1];
};

/* Returns 0 or a negative errno. The guest may change its path while it is in use. */
int answer_copy_path(struct answer_path *copy, const char *path);

/* Returns `count`, or what a result of type int can tell. */
size_t answer_at_most_int(size_t count);

/* Check memory of the guest that the host reads or writes. Return 0 or -EFAULT. */
int answer_readable(const void *memory, size_t size);
int answer_writable(void *memory, size_t size);

#endif
