/* Host functions that check the gate through which they are called. For gate_guest.c and
 * its provider. */
#ifndef GATE_H
#define GATE_H

#include <stdint.h>
#include <jumpslot/external_func.h>

/* Returns 1 if the memory at `target` is executable and not writable, and no memory of
 * the process is both. */
EXTERNAL_FUNC(int, protected_code, const void *)
/* Return whether following frame pointers leads to a return address in [start, end). */
EXTERNAL_FUNC(int, frames_lead_to, uintptr_t, uintptr_t)
EXTERNAL_FUNC_VARIADIC(int, frames_lead_to_variadic, uintptr_t)
/* Uses `size` bytes of stack. */
EXTERNAL_FUNC(int, use_stack, int)
/* A debugger stops in these. */
EXTERNAL_FUNC(int, stop_here, int, int, int, int, int, int, int, int)
EXTERNAL_FUNC_VARIADIC(int, stop_here_variadic, int)
EXTERNAL_FUNC(int, stop_here_callback, int (*)(int), int)
/* Every way through the gate follows. First, results in memory, whose address an i386
 * function pops. */
struct gate_result {
	int words[8];
};
EXTERNAL_FUNC(struct gate_result, return_in_memory)
EXTERNAL_FUNC(int, call_back_for_memory, struct gate_result (*)(void))
/* The host's rounding changes; the host calls its own functions by the guest's stubs. */
EXTERNAL_FUNC(void, toggle_rounding)
EXTERNAL_FUNC_VARIADIC(void, toggle_rounding_variadic, int)
EXTERNAL_FUNC(void, call_plainly, void (*)(void))
EXTERNAL_FUNC(void, call_plainly_variadic, void (*)(int, ...))
/* Nothing differs between guest and host. */
EXTERNAL_FUNC(void, nothing)
EXTERNAL_FUNC_VARIADIC(void, nothing_variadic, int)
EXTERNAL_FUNC(void, nothing_blocking)
/* Masks a signal, unmasks it, or only reads the mask. */
enum { UNMASK, MASK, KEEP };
EXTERNAL_FUNC(void, mask_signal, int)
/* A debugger stops here and reads its counts of the gate's work. */
EXTERNAL_FUNC(void, next_phase, int)

#endif
