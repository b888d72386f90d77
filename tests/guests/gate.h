/* What a host function sees of the gate that it was called through. */
#ifndef GATE_H
#define GATE_H

#include <stdint.h>
#include <jumpslot/external_func.h>

/* 1 if code at `target` is in memory that can be executed and not written, and no memory of
 * the process is both; 0 if not. */
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

#endif
