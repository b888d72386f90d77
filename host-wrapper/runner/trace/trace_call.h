/*
 * A call of the guest that is traced, counted or changed by a policy: its frame, as the
 * host shows it, and the work at its beginning and its end. The host decides how a call
 * comes here; no interrupt may be delivered to the guest meanwhile. Uses general
 * registers only, as the call's arguments may be in others.
 */
#ifndef JUMPSLOT_TRACE_CALL_H
#define JUMPSLOT_TRACE_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/plan.h"

/* Registers that may hold arguments, in the order in which they are assigned. */
#if defined(__x86_64__)
#define TRACE_GENERAL 8 /* RDI, RSI, RDX, RCX, R8, R9; RAX and R10 too */
#define TRACE_VECTORS 8
#define TRACE_AX      6
#define TRACE_DX      2
#elif defined(__i386__)
#define TRACE_GENERAL 3 /* EAX, EDX, ECX */
#define TRACE_VECTORS 0
#define TRACE_AX      0
#define TRACE_DX      1
#endif

/* An import that is watched. */
struct trace_function {
	uintptr_t way; /* the host's own */
	/* The address to call: the function's, or that of its thunk; the control changes
	   it. */
	uintptr_t target;
	uintptr_t x87; /* whether the result is in an x87 register */
	const struct plan_watched *watched;
	uint32_t flags;	 /* PLAN_WATCH_*; the control changes them */
	bool is_revoked; /* by the control */
	uint32_t calls;	 /* for plan_watched.nth; wraps around */
	uint64_t random; /* for plan_watched.chance */
};

/* The frame of a call. The process host's assembly lays it out on the guest's stack. */
struct trace_frame {
	uint64_t start; /* of the call; 0: not recorded */
	uint64_t x87[2];
	uint64_t vectors[TRACE_VECTORS + 2]; /* lower halves; at the end the result's */
	uintptr_t place;		     /* of the return address on the stack */
	/* The frame's own address while the call is in progress, with TRACE_DELAYED while
	 * the policy holds it up; else 0. */
	uintptr_t progress;
	uintptr_t saved[2]; /* assembly's own; i386: stack, bytes popped */
	uintptr_t general[TRACE_GENERAL];
	uintptr_t bp;
	const struct trace_function *function; /* i386: where the thunk pushed it */
	uintptr_t ret;
};

#define TRACE_DELAYED ((uintptr_t)1)

/* The address of the arguments on the guest's stack. */
static inline uintptr_t trace_stack(const struct trace_frame *frame)
{
	return frame->place + sizeof(uintptr_t);
}

/*
 * The beginning of a call: counts it, records it, and returns the policy's action. After
 * PLAN_ACTION_FAIL the result is in the frame, and the function is not called. The host
 * ends the guest for PLAN_ACTION_DENY. A delay is over.
 */
uint32_t trace_call_begin(struct trace_frame *frame);

/* The end of a call that began, with the result in the frame. */
void trace_call_end(struct trace_frame *frame);

#endif
