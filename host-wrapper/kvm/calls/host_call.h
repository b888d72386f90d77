/* Calls a host function with the registers and stack arguments of a trapped call. In
 * assembly, a file per machine. */
#ifndef JUMPSLOT_HOST_CALL_H
#define JUMPSLOT_HOST_CALL_H

#include <stddef.h>
#include <stdint.h>

#include "call_frame.h"

/*
 * Calls `function` with the registers of `copy` and with the `bytes` of arguments at
 * `stack`, and leaves its results in `copy`. Keeps the guest's alignment of arguments up
 * to `alignment`, a power of two. One for each size of vector registers.
 */
typedef void host_call(struct call_copy *copy, uintptr_t function, const void *stack,
		       size_t bytes, size_t alignment);
host_call host_call_sse, host_call_avx, host_call_avx3;

/* The function returned with another stack than it was called with. */
void calls_end_out_of_order(void) __attribute__((__noreturn__, __visibility__("hidden")));

#endif
