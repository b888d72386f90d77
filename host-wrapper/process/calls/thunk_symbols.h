/*
 * Names and call frames of the thunks, which are in no file: for gdb through its JIT
 * interface, for perf in a map. Knows nothing of gate and plan.
 */
#ifndef JUMPSLOT_THUNK_SYMBOLS_H
#define JUMPSLOT_THUNK_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

#include "common/message.h"

/* What a thunk is called, before its function's name. */
#define THUNK_PREFIX "gate."

/* `count` thunks, each at a multiple of `stride` bytes from `start`. */
struct thunk_area {
	uintptr_t start;
	size_t stride;
	size_t count;
};

/* The name of thunk `i`'s function. */
typedef const char *thunk_name(size_t i);

/*
 * Tells a debugger, one that is there or one that comes later, that the area's thunks
 * are functions with these names, and where each has its caller. The thunks are there for
 * good. To be called once, before there are threads. Returns 0 or a negative errno.
 */
int thunk_symbols_register(const struct thunk_area *area, thunk_name *name_of,
			   struct message *message);

/*
 * Writes /tmp/perf-PID.map, where perf looks for names of code that is in no file. It
 * stays, as perf reads it when the process is gone. Replaces a file of the user's that an
 * earlier process of this PID left, and nothing else. Returns 0 or a negative errno.
 */
int thunk_symbols_write_perf_map(const struct thunk_area *area, thunk_name *name_of,
				 struct message *message);

#endif
