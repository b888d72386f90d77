/* Faults described by the gate's state. See gate_fault.h. */
#define _GNU_SOURCE
#include <stddef.h>

#include <jumpslot/provider.h>

#include "common/code_table_x86.h"
#include "common/page.h"
#include "process/signals/context.h"
#include "process/trace/trace_find.h"
#include "process/trace/trace_thunks.h"
#include "gate.h"
#include "gate_fault.h"
#include "runner/load.h"

/* Where the guest called a gated function from. */
static uintptr_t host_caller(const struct gate_record *record)
{
	if (record->function->on_guest_stack)
		return record->ret;
	return ((const uintptr_t *)record->guest_sp)[1];
}

static const struct gate_callback *callback_of(uintptr_t state)
{
	return (const struct gate_callback *)(state - GATE_IN_CALLBACK);
}

/* The guest is at the call of the host function. */
static void describe_caller(struct outcome *outcome, const struct gate_record *record)
{
	const uintptr_t *frame = (const uintptr_t *)record->guest_sp;

	uintptr_t sp = (uintptr_t)frame, bp = record->frame;

	if (!record->function->on_guest_stack) {
		sp = (uintptr_t)(frame + 2);
		bp = frame[0];
	}
	outcome->host_import = record->function->import;
	outcome->host_caller =
		trace_caller(host_caller(record), sp - sizeof(uintptr_t), bp, &sp, &bp);
	if (gate.state & GATE_IN_CALLBACK)
		return;
	outcome->guest_pc = outcome->host_caller;
	outcome->guest_sp = sp;
	outcome->guest_bp = bp;
}

/* The place of the last record keeps it until the next call. The guest could write
 * there. */
static void describe_last(struct outcome *outcome)
{
	outcome->last_import = OUTCOME_NO_IMPORT;
	if (gate.record && gate_has_function(gate.record->function))
		outcome->last_import = gate.record->function->import;
}

/* A direct function, or a call that a policy holds up, runs in the guest's place: only a
 * watched call leaves something on the stack. In guest code, such as the handler of an
 * interrupt, the guest itself is what runs. */
static void describe_watched(struct outcome *outcome, const void *context)
{
	struct trace_found found;

	if (!jumpslot_guest_range((const void *)context_pc(context), 1,
				  JUMPSLOT_EXECUTE) ||
	    !trace_find(context_sp(context), &found))
		return;
	outcome->host_import = found.watched->import;
	outcome->host_caller = outcome->guest_pc = found.pc;
	outcome->guest_sp = found.sp;
	outcome->guest_bp = found.bp;
	if (outcome->kind == OUTCOME_SIGNAL && found.is_delayed)
		outcome->detail = 1 + found.watched->rule;
}

void gate_fault_describe_host(struct outcome *outcome)
{
	const struct gate_record *record = (const struct gate_record *)gate.state;

	outcome->host_import = OUTCOME_NO_IMPORT;
	if (!gate_is_record(gate.state) && !(gate.state & GATE_IN_CALLBACK))
		return;
	if (gate.state & GATE_IN_CALLBACK) {
		outcome->callbacks = 1;
		record = callback_of(gate.state)->caller;
	}
	describe_caller(outcome, record);
	for (; record->outer; record = callback_of(record->outer)->caller)
		outcome->callbacks++;
}

static bool in_host_guard(uintptr_t address)
{
	return gate.stack_low && address < gate.stack_low &&
	       gate.stack_low - address <= LOAD_GUARD;
}

bool gate_fault_recover(const siginfo_t *info, void *context)
{
	struct code_range copy = code_range_find(CODE_COPY, context_pc(context));
	uintptr_t address = (uintptr_t)info->si_addr, left, words;

	if ((info->si_signo != SIGSEGV && info->si_signo != SIGBUS) || !copy.end)
		return false;
	left = context_copy_left(context);
	/* A fault on the host's stack, where the loop writes, is not recovered from. */
	if (address - context_frame(context) - sizeof(uintptr_t) - left >=
	    sizeof(uintptr_t))
		return false;
	words = address % PAGE / sizeof(uintptr_t) + 1;
	if (words > left / sizeof(uintptr_t))
		words = left / sizeof(uintptr_t);
	context_skip_copy(context, words);
	context_set_pc(context, copy.end);
	return true;
}

/* `frame`: the gate's, of a call after the guest has left a callback. */
static void describe_left(struct outcome *outcome, const uintptr_t *frame)
{
	uintptr_t sp = (uintptr_t)(frame + 2), bp = frame[0];

	outcome->pc = trace_caller(frame[1], (uintptr_t)(frame + 1), bp, &sp, &bp);
	outcome->guest_pc = outcome->pc;
	outcome->guest_sp = sp;
	outcome->guest_bp = bp;
}

void gate_fault_describe(struct outcome *outcome, const siginfo_t *info,
			 const void *context)
{
	uint32_t kind = code_stop_find(context_pc(context));

	if (info->si_signo == SIGILL && kind)
		outcome->kind = kind;
	/* Raised in the gate, in the guest's place: its return address is on top. */
	if (info->si_signo == SIGFPE &&
	    code_range_find(CODE_GUEST, context_pc(context)).end)
		outcome->pc = *(const uintptr_t *)context_sp(context);
	if (outcome->kind == OUTCOME_CALLBACK_LEFT)
		describe_left(outcome, (const uintptr_t *)context_frame(context));
	if (info->si_signo == SIGSEGV && info->si_code == SEGV_ACCERR &&
	    in_host_guard((uintptr_t)info->si_addr))
		outcome->kind = OUTCOME_HOST_STACK;
	describe_last(outcome);
	/* Last: it follows pointers that may be destroyed. */
	gate_fault_describe_host(outcome);
	if (!gate.state || gate.state == GATE_TRACING)
		describe_watched(outcome, context);
}
