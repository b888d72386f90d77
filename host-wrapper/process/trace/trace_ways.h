/*
 * The ways of a watched call. Its slot holds a thunk, which passes a struct
 * trace_function to one of two:
 *
 *     copied       The way makes a frame on the caller's stack, copies the arguments
 *                  below it, and calls the function. The launcher knows the size of the
 *                  arguments, at least as an upper bound.
 *     in place     Nobody knows the size: a variadic or untyped function. The way
 *                  replaces the caller's return address by its own, and keeps the
 *                  caller's in a table.
 *
 * Both run in the guest's place, as a direct function does: interrupts may come at any
 * instruction, and the guest may switch to another thread there. Assembly, one file for
 * each machine (arch/<machine>/trace.S), and trace_ways.c. Depends on nothing of the gate
 * but its state.
 */
#ifndef JUMPSLOT_TRACE_WAYS_H
#define JUMPSLOT_TRACE_WAYS_H

#include "runner/trace/trace_call.h"

/* Bytes of the caller's stack that a traced call takes at most, without the copy of its
 * arguments: 472 on x86-64 and 456 on i386, as tests/trace/test_trace_stack.py measures,
 * rounded up. */
#define TRACE_STACK_BYTES ((size_t)512)

#define TRACE_DELAYED ((uintptr_t)1)

/* An answer of trace_enter(): do not call the function. */
#define TRACE_SKIP ((uintptr_t)-1)

/*
 * Before the call, in a frame of the way "copied". Returns the bytes of arguments to copy
 * or TRACE_SKIP: the result is in the frame, and the function is not called.
 */
uintptr_t trace_enter(struct trace_frame *frame)
	__attribute__((__visibility__("hidden")));

/* After the call, with the result in the frame. */
void trace_leave(struct trace_frame *frame) __attribute__((__visibility__("hidden")));

/*
 * The same for the way "in place". The first may replace the caller's return address. The
 * second writes it back, into a frame that begins where the call's frame did.
 */
uintptr_t trace_enter_in_place(struct trace_frame *frame)
	__attribute__((__visibility__("hidden")));
void trace_leave_in_place(struct trace_frame *frame)
	__attribute__((__visibility__("hidden")));

/* Whether it is one of the watched functions (trace.c). The guest could write a pointer
 * that is not. */
bool trace_has_function(const struct trace_function *function);

/* Targets of thunks, in assembly. */
extern const char jumpslot_trace_copied[];
extern const char jumpslot_trace_in_place[];
/* Return addresses that the guest's stack holds meanwhile. */
extern const char jumpslot_trace_returned[];
extern const char jumpslot_trace_returned_in_place[];

/* Bytes of a thunk and its alignment; and writes one to `at`, where it will run. */
#define TRACE_THUNK_SIZE ((size_t)32)
void trace_thunk_write(uint8_t *at, const struct trace_function *function);

#endif
