/*
 * Functions that check the state that guest and host each have of their own:
 * floating-point control, signal mask, errno and stack. A function's prefix tells how it
 * is carried.
 */
#ifndef CALLS_SIDES_H
#define CALLS_SIDES_H

#include <stddef.h>
#include <stdint.h>
#include <jumpslot/external_func.h>

/* MXCSR without the flags, and the x87 control word. */
struct float_control {
	uint32_t mxcsr;
	uint32_t x87;
};

EXTERNAL_FUNC(void, gated_float_control, struct float_control *)
EXTERNAL_FUNC(void, direct_float_control, struct float_control *)
EXTERNAL_FUNC_VARIADIC(void, variadic_float_control, struct float_control *)
EXTERNAL_FUNC(void, gated_set_float_control, const struct float_control *)
EXTERNAL_FUNC_VARIADIC(void, variadic_set_float_control, const struct float_control *)
/* Returns 1 if the host's floating-point control is the same after the callback. */
EXTERNAL_FUNC(int, gated_call_back, void (*)(void))
/* Divides by zero, once in SSE and once in x87, and leaves the flags set. */
EXTERNAL_FUNC(void, gated_raise_flags)
EXTERNAL_FUNC(void, gated_round_up)
EXTERNAL_FUNC(double, gated_divide, double, double)

/* Read the kernel's mask of the calling thread, and change it. */
EXTERNAL_FUNC(int, gated_is_masked, int)
EXTERNAL_FUNC(int, blocking_is_masked, int)
EXTERNAL_FUNC(int, direct_is_masked, int)
EXTERNAL_FUNC(int, gated_mask, int)
EXTERNAL_FUNC(int, gated_unmask, int)
EXTERNAL_FUNC_VARIADIC(int, variadic_is_masked, int)
EXTERNAL_FUNC_VARIADIC(int, variadic_mask, int)
EXTERNAL_FUNC_VARIADIC(int, variadic_unmask, int)
EXTERNAL_FUNC(int, blocking_mask, int)
EXTERNAL_FUNC(int, blocking_unmask, int)
/* Masks every signal. */
EXTERNAL_FUNC(void, gated_mask_all)
/* Masks the signal in another thread of the host, and in a child of vfork(). */
EXTERNAL_FUNC(int, gated_mask_in_thread, int)
EXTERNAL_FUNC(int, gated_mask_in_child, int)
/* Raises the first signal, whose handler masks and unmasks the second one. */
EXTERNAL_FUNC(int, gated_handle, int, int)
/* Makes calls of pthread_sigmask() and sigprocmask() that change nothing, and returns how
 * many results differ from libc's. */
EXTERNAL_FUNC(int, gated_refused_masks)

/* Sets errno, and returns its former value. */
EXTERNAL_FUNC(int, gated_swap_errno, int)
EXTERNAL_FUNC(int, blocking_swap_errno, int)

/* Return the sum of that many integers. The first states more bytes of stack than any
 * call has, the second fewer than the guest's call has. */
EXTERNAL_FUNC_VARIADIC(unsigned, stated_sum, int)
EXTERNAL_FUNC_VARIADIC(unsigned, understated_sum, int)

/* Read from an address that the guest passes. */
EXTERNAL_FUNC(int, gated_read, const int *)
EXTERNAL_FUNC_VARIADIC(int, variadic_read, const int *)

/* Executes an undefined instruction in the host. */
EXTERNAL_FUNC(int, gated_trap)

/* Writes that many bytes of stack, and returns their sum. */
EXTERNAL_FUNC(size_t, gated_deep, size_t)
EXTERNAL_FUNC(size_t, direct_deep, size_t)

#endif
