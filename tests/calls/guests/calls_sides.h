/*
 * What guest and host each have for themselves across the gate: floating-point control,
 * signal mask, errno, and a stack. A function's prefix says how it is carried.
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
/* 1 if the host's is what it was before the callback. */
EXTERNAL_FUNC(int, gated_call_back, void (*)(void))
/* Divides by zero, once in each unit, and leaves the flags behind. */
EXTERNAL_FUNC(void, gated_raise_flags)
EXTERNAL_FUNC(void, gated_round_up)
EXTERNAL_FUNC(double, gated_divide, double, double)

/* Whether a signal is masked, as the kernel has it; and to change that. */
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
/* All that there are. */
EXTERNAL_FUNC(void, gated_mask_all)
/* In a thread of the host's own; in a child as vfork() makes it. */
EXTERNAL_FUNC(int, gated_mask_in_thread, int)
EXTERNAL_FUNC(int, gated_mask_in_child, int)
/* Gets the first signal, whose handler masks and unmasks the other one. */
EXTERNAL_FUNC(int, gated_handle, int, int)
/* How many of its calls of pthread_sigmask() and sigprocmask() went otherwise than libc's
 * own would; changes nothing. */
EXTERNAL_FUNC(int, gated_refused_masks)

/* Sets errno, and returns what it was. */
EXTERNAL_FUNC(int, gated_swap_errno, int)
EXTERNAL_FUNC(int, blocking_swap_errno, int)

/* The sum of so many integers. One states more bytes of stack than any call has, the
 * other one fewer than the guest's call. */
EXTERNAL_FUNC_VARIADIC(unsigned, stated_sum, int)
EXTERNAL_FUNC_VARIADIC(unsigned, understated_sum, int)

/* Read from where the guest says. */
EXTERNAL_FUNC(int, gated_read, const int *)
EXTERNAL_FUNC_VARIADIC(int, variadic_read, const int *)

/* An undefined instruction of the host's own. */
EXTERNAL_FUNC(int, gated_trap)

/* Writes over so many bytes of stack, and returns their sum. */
EXTERNAL_FUNC(size_t, gated_deep, size_t)
EXTERNAL_FUNC(size_t, direct_deep, size_t)

#endif
