/*
 * Memory for thunks and for the functions that they lead to. Thunks reach code and data
 * by 32-bit distances, so both lie near the runner. Depends on thunk.h alone.
 */
#ifndef JUMPSLOT_THUNK_MEMORY_H
#define JUMPSLOT_THUNK_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "common/message.h"
#include "thunk.h"

struct thunk_memory {
	uint8_t *thunks;
	struct gate_function *functions; /* in pages of their own */
	size_t count;
};

/* Maps memory for `count` thunks and functions, writable. Returns 0 or a negative errno.
 */
int thunk_memory_map(struct thunk_memory *memory, size_t count, struct message *message);

/* Makes thunks executable and functions read-only; neither is written again. Returns 0 or
 * a negative errno. */
int thunk_memory_protect(const struct thunk_memory *memory, struct message *message);

#endif
