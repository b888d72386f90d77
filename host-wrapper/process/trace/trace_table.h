/*
 * Calls in progress of functions whose arguments stay in place: the return address in
 * each one's place on the stack is that of the trace. A call that the guest leaves by
 * longjmp() keeps its entry until a call with the same place reuses it.
 */
#ifndef JUMPSLOT_TRACE_TABLE_H
#define JUMPSLOT_TRACE_TABLE_H

#include <stdbool.h>

#include "trace_ways.h"

/* Adds the call. Returns false if there is no room. */
bool trace_table_add(const struct trace_frame *frame);

/* Removes the call that returns to `frame`, and fills in the frame's function, start and
 * return address. */
void trace_table_take(struct trace_frame *frame);

/* Returns the return address that belongs at `place` of the stack, and sets `function`;
 * or 0. Async-signal-safe. */
uintptr_t trace_table_return(uintptr_t place, const struct trace_function **function);

#endif
