/*
 * The handler of the interrupts' signal: latch, decide, push. It runs on the signal
 * stack, touches nothing that belongs to a thread of libc's, and reads the guest's level
 * only here, on the guest's own thread. See interrupt.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "process/signals/context.h"
#include "process/faults/faults.h"
#include "process/signals/flags_x86.h"
#include "process/calls/gate.h"
#include "runner/guest.h"
#include "interrupt.h"
#include "process/signals/segments.h"
#include "vcpu/vcpu.h"
#include "vcpu/xsave_x86.h"

/* Code in the guest's place in which the guest is not to be interrupted: it starts over.
 */
struct stretch {
	const char *start, *end;
};

static bool is_within(uintptr_t pc, const char *start, const char *end)
{
	return pc >= (uintptr_t)start && pc < (uintptr_t)end;
}

/* The ways out of gates and resolver, which look again whether something has to wait. */
static const struct stretch ways_out[] = {
	{ jumpslot_gate_check, jumpslot_gate_out },
	{ jumpslot_stay_check, jumpslot_stay_out },
	{ jumpslot_pop_check, jumpslot_pop_out },
	{ jumpslot_bind_check, jumpslot_bind_out },
};

/* Whether the guest is on its way in or out of the host: what waits will be seen there,
 * as one that had already looked is sent back to the look. */
static bool sees_at_gate(void *context, uintptr_t pc)
{
	if (!is_within(pc, jumpslot_gates_start, jumpslot_gates_end))
		return false;
	for (size_t i = 0; i < sizeof(ways_out) / sizeof(*ways_out); i++) {
		if (is_within(pc, ways_out[i].start, ways_out[i].end))
			context_set_pc(context, ways_out[i].start);
		if (pc >= (uintptr_t)ways_out[i].end &&
		    pc < (uintptr_t)ways_out[i].end + GATE_LAST_STEPS)
			return false; /* nothing but the return is left: guest code */
	}
	return true;
}

static void deliver(void *context)
{
	int vector = vcpu_take();
	struct frame *frame;

	if (vector < 0)
		return;
	frame = frame_push(context, vector, vcpu.handler);
	if (!frame) {
		faults_end(OUTCOME_INTERRUPT_STACK, (uint32_t)vector, context);
		return;
	}
	frame->shown.level = vcpu.state->level;
	frame->shown.nesting = vcpu.state->nesting;
	vcpu.state->nesting = frame->shown.nesting + 1;
	vcpu.state->level = 1;
	vcpu.delivered++;
}

static void interrupt(void *context)
{
	uintptr_t pc = context_pc(context);

	if (gate.state || sees_at_gate(context, pc)) {
		gate.deferred = true;
		return;
	}
	if (vcpu.state->level) {
		vcpu.waiting = 1;
		return;
	}
	/* Started over, it is open until it has closed again. */
	if (is_within(pc, jumpslot_resume, jumpslot_resume_end)) {
		context_restart(context, jumpslot_resume, vcpu.resuming);
		return;
	}
	if (is_within(pc, jumpslot_sleep_open, jumpslot_sleep_end) &&
	    vcpu_has_deliverable())
		context_set_pc(context, jumpslot_sleep_end);
	deliver(context);
}

/* A signal to the process may come to any thread of it; only the guest's has our stack.
 */
static bool is_guests_thread(const void *here)
{
	return faults_on_stack(here) || syscall(SYS_gettid) == vcpu.thread;
}

WITHOUT_SEGMENTS static void on_interrupt(int number, siginfo_t *info, void *context)
{
	uint32_t changed;

	(void)number;
	flags_clear_alignment();
	if (info->si_code == SI_TIMER)
		vcpu_raise_clock(1 + (uint32_t)info->si_overrun);
	if (!is_guests_thread(&number)) {
		vcpu_tell();
		return;
	}
	changed = segments_restore(context);
	if (changed)
		faults_end(OUTCOME_SEGMENTS, changed, context);
	else
		interrupt(context);
}

int interrupt_next(struct frame *frame)
{
	int vector = frame->shown.level ? -1 : vcpu_take();

	if (vector < 0)
		return -1;
	frame->shown.vector = (uint32_t)vector;
	vcpu.state->nesting = frame->shown.nesting + 1;
	vcpu.delivered++;
	return vector;
}

int interrupt_catch(struct message *message)
{
	struct sigaction action = {
		.sa_sigaction = on_interrupt,
		.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART,
	};

	if (!guest.plan->vcpu_state)
		return 0;
	if (!xsave_largest())
		return fail(message, ENOTSUP,
			    "interrupts need a processor with XSAVE and XGETBV(1)");
	sigfillset(&action.sa_mask); /* all handlers share one stack */
	if (sigaction(GATE_INTERRUPT, &action, NULL))
		return fail(message, errno, "interrupts: %s", strerror(errno));
	return 0;
}
