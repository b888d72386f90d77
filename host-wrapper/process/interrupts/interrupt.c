/*
 * The handler of the interrupts' signal: take a snapshot, decide, act. It runs on the
 * signal stack and uses no thread-local data. It reads the guest's level only on the
 * guest's own thread. See interrupt.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/code_table_x86.h"
#include "interrupt.h"
#include "kick.h"
#include "process/calls/gate.h"
#include "process/faults/faults.h"
#include "process/signals/context.h"
#include "process/signals/flags_x86.h"
#include "process/signals/segments_x86.h"
#include "push_frame.h"
#include "runner/clock.h"
#include "runner/current.h"
#include "vcpu/hooks.h"
#include "vcpu/interrupt.h"
#include "vcpu/vcpu.h"
#include "vcpu/xsave_size_x86.h"

/*
 * Whether the guest is on its way into or out of the host, which then sees what is
 * deferred: a way out that has checked already is restarted at the check.
 */
static bool sees_at_gate(void *context, uintptr_t pc)
{
	struct code_range check = code_range_find(CODE_CHECK, pc);

	if (!code_range_find(CODE_GATE, pc).end || code_range_find(CODE_GUEST, pc).end)
		return false;
	if (check.end)
		context_set_pc(context, check.start);
	return true;
}

static enum vcpu_place place_of(void *context, uintptr_t pc)
{
	if (gate.state || sees_at_gate(context, pc))
		return VCPU_IN_HOST;
	return code_range_find(CODE_RETURNING, pc).end ? VCPU_IN_RETURNING
						       : VCPU_IN_GUEST;
}

static void deliver(void *context, unsigned vector)
{
	struct code_range sleep = code_range_find(CODE_SLEEP, context_pc(context));
	struct entry_registers entry;
	struct frame *frame;

	if (sleep.end)
		context_set_pc(context, sleep.end);
	frame = push_frame(context);
	if (!frame) {
		faults_end(OUTCOME_INTERRUPT_STACK, vector, context);
		return;
	}
	vcpu_enter(&frame->shown, vector);
	entry = frame_enter((uintptr_t)frame, vector, vcpu.handler,
			    (uintptr_t)jumpslot_upcall);
	context_enter(context, &entry);
}

static void interrupt(void *context)
{
	const struct vcpu_snapshot now =
		vcpu_snapshot(place_of(context, context_pc(context)));
	const struct vcpu_decision decision = vcpu_decide(&now);

	switch (decision.action) {
	case VCPU_NOTHING:
		break;
	case VCPU_DEFER:
		gate.deferred = true;
		break;
	case VCPU_HOLD:
		vcpu.waiting = 1;
		break;
	case VCPU_RESTART:
		context_restart(context, (uintptr_t)jumpslot_resume, vcpu.resuming);
		break;
	case VCPU_DELIVER:
		deliver(context, decision.vector);
		break;
	}
}

/* A signal to the process may arrive on any of its threads; only the guest's thread has
 * the signal stack. */
static bool is_guests_thread(const void *here)
{
	return faults_on_stack(here) || syscall(SYS_gettid) == kick.thread;
}

WITHOUT_SEGMENTS static void on_interrupt(int number, siginfo_t *info, void *context)
{
	uint32_t changed;

	(void)number;
	flags_clear_alignment();
	if (info->si_code == SI_TIMER)
		clock_expired(1 + (uint32_t)info->si_overrun);
	if (!is_guests_thread(&number)) {
		vcpu_kick();
		return;
	}
	changed = segments_restore(context);
	if (changed)
		faults_end(OUTCOME_SEGMENTS, changed, context);
	else
		interrupt(context);
}

static int catch_signal(struct message *message)
{
	struct sigaction action = {
		.sa_sigaction = on_interrupt,
		.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART,
	};

	sigfillset(&action.sa_mask); /* all handlers share one stack */
	if (sigaction(GATE_INTERRUPT, &action, NULL))
		return fail(message, errno, "interrupts: %s", strerror(errno));
	return 0;
}

int interrupt_start(struct message *message)
{
	kick_start();
	if (!current->plan->vcpu_state)
		return 0;
	vcpu_start(current_pointer(current->plan->vcpu_state));
	if (current->outcome)
		current->outcome->vcpu_address = (uintptr_t)vcpu.state;
	if (!xsave_largest())
		return fail(message, ENOTSUP,
			    "interrupts need a processor with XSAVE and XGETBV(1)");
	/* Only now: its handler needs all that, and any process may send the signal. */
	return catch_signal(message);
}
