/* What a host function sees of the gate that it was called through. */
#ifndef GATE_H
#define GATE_H

#include <stdint.h>
#include <jumpslot/external_func.h>

/* 1 if code at `target` is in memory that can be executed and not written, and no memory
 * of the process is both; 0 if not. */
EXTERNAL_FUNC(int, protected_code, const void *)
/* Whether following frame pointers leads to a return address in [start, end). */
EXTERNAL_FUNC(int, frames_lead_to, uintptr_t, uintptr_t)
EXTERNAL_FUNC_VARIADIC(int, frames_lead_to_variadic, uintptr_t)
/* Uses `size` bytes of stack. */
EXTERNAL_FUNC(int, use_stack, int)
/* Where a debugger stops. */
EXTERNAL_FUNC(int, stop_here, int, int, int, int, int, int, int, int)
EXTERNAL_FUNC_VARIADIC(int, stop_here_variadic, int)
EXTERNAL_FUNC(int, stop_here_callback, int (*)(int), int)
/* Every way through the gate: its result is in memory, which i386 has the function pop
 * ... */
struct gate_result {
	int words[8];
};
EXTERNAL_FUNC(struct gate_result, return_in_memory)
EXTERNAL_FUNC(int, call_back_for_memory, struct gate_result (*)(void))
/* ... it changes the host's rounding, it is called plainly by the host ... */
EXTERNAL_FUNC(void, toggle_rounding)
EXTERNAL_FUNC_VARIADIC(void, toggle_rounding_variadic, int)
EXTERNAL_FUNC(void, call_plainly, void (*)(void))
EXTERNAL_FUNC(void, call_plainly_variadic, void (*)(int, ...))
/* ... or there is nothing to do. */
EXTERNAL_FUNC(void, nothing)
EXTERNAL_FUNC_VARIADIC(void, nothing_variadic, int)
EXTERNAL_FUNC(void, nothing_blocking)
/* The host masks a signal, or no longer does; or looks at its mask alone. */
enum { UNMASK, MASK, KEEP };
EXTERNAL_FUNC(void, mask_signal, int)
/* Where a debugger looks how often the gate did something since the last time. */
EXTERNAL_FUNC(void, next_phase, int)

#endif
