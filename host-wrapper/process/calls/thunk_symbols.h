/*
 * Names and call frames of the thunks, which are in no file: for gdb through its JIT
 * interface, for perf in a map. Knows nothing of gate and plan.
 */
#ifndef JUMPSLOT_THUNK_SYMBOLS_H
#define JUMPSLOT_THUNK_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

#include "common/message.h"

/* A thunk's name is this and its function's name. */
#define THUNK_PREFIX "gate."

/* `count` thunks, each at a multiple of `stride` bytes from `start`. */
struct thunk_area {
	uintptr_t start;
	size_t stride;
	size_t count;
};

/* Returns the name of thunk `i`'s function. */
typedef const char *thunk_name(size_t i);

/*
 * Tells a debugger, also one that attaches later, that the area's thunks are functions
 * with these names, and how to find their callers. The thunks stay for good. Call it
 * once, before there are threads. Returns 0 or a negative errno.
 */
int thunk_symbols_register(const struct thunk_area *area, thunk_name *name_of,
			   struct message *message);

/*
 * Writes /tmp/perf-PID.map, where perf looks for names of code that is in no file. It
 * stays, as perf reads it when the process is gone. Replaces a file of this user that an
 * earlier process of this PID left, and no other file. Returns 0 or a negative errno.
 */
int thunk_symbols_write_perf_map(const struct thunk_area *area, thunk_name *name_of,
				 struct message *message);

#endif
