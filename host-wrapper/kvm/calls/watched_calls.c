/* Between the gate's frames and runner/trace. See watched_calls.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <jumpslot/provider.h>

#include "kvm/faults/end.h"
#include "kvm/inside/block.h"
#include "kvm/machine/machine.h"
#include "runner/current.h"
#include "runner/host.h"
#include "runner/trace/trace.h"
#include "watched_calls.h"

/* By import; NULL: no call is watched. */
static struct trace_function **functions;

static bool is_inline(uint32_t import)
{
	return (plan_imports(current->plan)[import].carry & PLAN_CARRY_MASK) ==
	       PLAN_INLINE;
}

/* Standbys serve no function that runs inside. */
uintptr_t host_watched_target(size_t index)
{
	const struct trace_function *function = &trace_functions()[index];
	const uint32_t import = function->watched->import;

	return is_inline(import) ? block_thunk(import) : function->target;
}

int watched_calls_prepare(const struct plan *plan, uintptr_t *targets,
			  struct message *message)
{
	const size_t count = (size_t)plan->imports.count;
	int error = trace_prepare(plan, targets, message);

	if (error || !plan->watched.count)
		return error;
	functions = calloc(count + 1, sizeof(void *));
	if (!functions)
		return fail(message, ENOMEM, "no memory to trace %zu functions", count);
	for (size_t i = 0; i < plan->watched.count; i++) {
		const uint32_t import = plan_watched(plan)[i].import;

		functions[import] = &trace_functions()[i];
		if (is_inline(import))
			block_write_watched_thunk(import);
	}
	trace_watch(plan, targets);
	return 0;
}

static struct trace_function *find_active(uint32_t import)
{
	struct trace_function *function = functions ? functions[import] : NULL;

	return function && trace_is_active(function) ? function : NULL;
}

void watched_call_deny(const struct watched_call *call)
{
	const struct trace_frame *frame = &call->frame;
	struct registers registers;

	machine_get(&registers);
	registers.pc = frame->ret;
	registers.sp = trace_stack(frame);
	registers.general.bp = frame->bp;
	end_by(&(struct end_cause){
		.kind = OUTCOME_DENIED,
		.detail = frame->function->watched->import,
		.signal = SIGSEGV,
		.code = SI_KERNEL,
		.address = frame->function->watched->rule,
		.registers = &registers,
	});
}

uint32_t watched_call_begin(struct watched_call *call, struct call_copy *copy,
			    uint32_t import, uintptr_t end, unsigned vector_bytes)
{
	uintptr_t words[2] = { 0, 0 }; /* frame pointer and return address */
	uint32_t action;

	call->frame.progress = 0;
	call->frame.function = find_active(import);
	if (!call->frame.function)
		return PLAN_ACTION_NONE;
	jumpslot_guest_copy_in(words, (void *)end, sizeof(words));
	call->vector_bytes = vector_bytes;
	call->frame.bp = words[0];
	call->frame.ret = words[1];
	call->frame.place = end + sizeof(*words);
	watched_call_fill(&call->frame, copy, vector_bytes);
	action = trace_call_begin(&call->frame);
	if (action == PLAN_ACTION_FAIL)
		watched_call_make_result(copy, &call->frame, vector_bytes);
	return action;
}

void watched_call_end(struct watched_call *call, const struct call_copy *copy)
{
	if (!call->frame.function)
		return;
	watched_call_fill_result(&call->frame, copy, call->vector_bytes);
	trace_call_end(&call->frame);
}

uint32_t watched_call_delayed_by(const struct watched_call *call)
{
	return call->frame.function && call->frame.progress & TRACE_DELAYED
		       ? 1 + call->frame.function->watched->rule
		       : 0;
}

/* The frame has no vectors. A guest that changes the target calls its own memory. */
static uint32_t read_inside(struct call_copy *copy, uintptr_t at)
{
	memset(copy, 0, sizeof(*copy));
	if (jumpslot_guest_copy_in(&copy->frame, (void *)at, sizeof(copy->frame)) ||
	    !functions || copy->frame.index >= current->plan->imports.count ||
	    !is_inline((uint32_t)copy->frame.index) || !functions[copy->frame.index])
		end_by_doorbell(at);
	return (uint32_t)copy->frame.index;
}

static void write_inside(const struct call_copy *copy, uintptr_t at)
{
	if (jumpslot_guest_copy_out((void *)at, &copy->frame, sizeof(copy->frame)))
		end_by_doorbell(at);
}

void watched_call_begin_inside(uintptr_t at)
{
	struct watched_call call = { .frame.start = 0 };
	struct call_copy copy;
	const uint32_t import = read_inside(&copy, at);
	const uint32_t action =
		watched_call_begin(&call, &copy, import, at + sizeof(copy.frame), 16);

	if (action == PLAN_ACTION_DENY)
		watched_call_deny(&call);
	copy.frame.target = action == PLAN_ACTION_FAIL ? 0 : functions[import]->target;
	memcpy(copy.frame.st, &call.frame.start, sizeof(call.frame.start));
	write_inside(&copy, at);
}

void watched_call_end_inside(uintptr_t at)
{
	struct watched_call call = { .vector_bytes = 16 };
	struct call_copy copy;
	const uint32_t import = read_inside(&copy, at);
	uintptr_t words[2] = { 0, 0 };

	jumpslot_guest_copy_in(words, (void *)(at + sizeof(copy.frame)), sizeof(words));
	call.frame.function = functions[import];
	memcpy(&call.frame.start, copy.frame.st, sizeof(call.frame.start));
	call.frame.ret = words[1];
	call.frame.place = at + sizeof(copy.frame) + sizeof(*words);
	watched_call_end(&call, &copy);
}
