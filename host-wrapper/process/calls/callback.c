/* Entering the guest from a host function, and coming back. See callback.h. */
#include <errno.h>
#include <signal.h>

#include "runner/current.h"
#include "callback.h"
#include "common/code_table_x86.h"
#include "common/outcome.h"
#include "gate_sides.h"
#include "vcpu/float_control_x86.h"

/* Bytes below the address of the gate's frame that are in use on the guest's stack. */
#define GATE_FRAME_ROOM 64

static uintptr_t align_down(uintptr_t address)
{
	return address & ~(uintptr_t)(GATE_ALIGNMENT - 1);
}

/* The record of the host function that is running, on the thread that it runs on. */
static struct gate_record *running(void)
{
	if (!gate_is_record(gate.state) || gate.host_errno != &errno)
		CODE_STOP(OUTCOME_CALLBACK_PLACE);
	return (struct gate_record *)gate.state;
}

/* The number of bytes is an upper bound, as in the gate. Stops at the end of the guest's
 * memory; for arguments on the guest's stack. */
static size_t readable(const uintptr_t *from, size_t bytes)
{
	const struct guest_region *region = current_region((uintptr_t)from);

	if (region && bytes > region->end - (uintptr_t)from)
		return region->end - (uintptr_t)from;
	return bytes;
}

/* memcpy() may use vector registers. */
static void copy(uintptr_t to, const uintptr_t *from, size_t bytes)
{
	for (size_t i = 0; i < bytes / sizeof(*from); i++)
		((volatile uintptr_t *)to)[i] = from[i];
}

/* Continues the guest's stack where its call of the host left it. */
static void push(struct gate_callback *callback, uintptr_t guest_sp, size_t bytes)
{
	callback->cookie_at = guest_sp - sizeof(uintptr_t);
	callback->guest_sp = align_down(callback->cookie_at - bytes);
}

/* As leave_host of the gate's assembly. */
static bool has_host_changed(const struct gate_record *record)
{
	if (record->control & GATE_NEVER)
		return true;
	if (record->function->more & GATE_READS &&
	    (float_read_mxcsr() & MXCSR_CONTROL) != gate.mxcsr)
		return true;
	return float_read_x87() != (uint16_t)record->control;
}

/* As enter_host of the gate's assembly: notes the guest's control, and returns whether it
 * differs from the host's or the function needs more. */
static bool has_guest_changed(struct gate_record *record)
{
	const uint32_t more = record->function->more;
	const uint16_t control = float_read_x87();

	record->control = control | more;
	if (more & GATE_FORCED ||
	    (control | (gate.known ? 0 : GATE_READS)) != gate.control)
		return true;
	if (gate.known)
		return false;
	record->mxcsr = float_read_mxcsr();
	return (record->mxcsr & MXCSR_CONTROL) != gate.mxcsr;
}

void callback_begin(struct gate_callback *callback, const struct jumpslot_callee *callee,
		    const uintptr_t *arguments, uintptr_t stack_end)
{
	struct gate_record *caller = running();
	struct gate_record *next;
	size_t bytes = callee->stack_bytes;

	/* A callback above its caller on the host's stack: longjmp left the caller. */
	if (!caller->function->on_guest_stack && (uintptr_t)callback > (uintptr_t)caller)
		CODE_STOP(OUTCOME_HOST_ORDER);
	if (caller->function->on_guest_stack) { /* and so is this function */
		callback->cookie_at = (uintptr_t)&callback->cookie;
		callback->guest_sp = stack_end;
		next = caller - 1;
		bytes = readable(arguments, bytes);
	} else {
		push(callback, caller->guest_sp - GATE_FRAME_ROOM, bytes);
		next = (struct gate_record *)stack_end;
	}
	copy(callback->guest_sp, arguments, bytes);
	callback->guest_high = caller->guest_sp;
	callback->target = (uintptr_t)callee->function;
	callback->caller = caller;
	callback->outer_record = gate.record;
	callback->host_errno = *gate.host_errno;
	if (has_host_changed(caller))
		gate_to_guest(caller);
	next->outer = (uintptr_t)callback + GATE_IN_CALLBACK;
	*(uintptr_t *)callback->cookie_at = next->outer;
	gate.record = next;
	gate.state = next->outer;
}

void callback_end(struct gate_callback *callback)
{
	struct gate_record *caller = callback->caller;

	gate.state = (uintptr_t)caller;
	gate.record = callback->outer_record;
	if (has_guest_changed(caller))
		gate_to_host(caller);
	*gate.host_errno = callback->host_errno;
}
