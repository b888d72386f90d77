/* The beginning and the end of a watched call. See trace_ways.h. */
#include "process/faults/faults.h"
#include "runner/trace/trace_arguments.h"
#include "trace_gate.h"
#include "trace_table.h"
#include "trace_ways.h"
#include "vcpu/hooks.h"
#include "vcpu/vcpu.h"

/* On a task's stack, which may be small. */
static void check_stack(const struct trace_frame *frame)
{
	const size_t bytes = TRACE_STACK_BYTES + frame->function->watched->stack_bytes;

	if (vcpu.state && !vcpu_stack_has(trace_stack(frame), bytes))
		vcpu_stack_full(frame->ret, trace_stack(frame), bytes);
}

/* Returns whether the function is not to be called. `was_open`: see trace_gate.h. */
static bool begin(struct trace_frame *frame, bool was_open)
{
	const struct plan_watched *watched = frame->function->watched;
	uint32_t action;

	frame->place = (uintptr_t)&frame->ret;
	if (was_open)
		check_stack(frame);
	action = trace_call_begin(frame);
	if (action == PLAN_ACTION_DENY)
		faults_end_denied(watched->import, watched->rule, frame->ret,
				  trace_stack(frame), frame->bp);
	return action == PLAN_ACTION_FAIL;
}

uintptr_t trace_enter(struct trace_frame *frame)
{
	const bool was_open = trace_close();
	const bool skip = begin(frame, was_open);

	trace_open(was_open);
	return skip ? TRACE_SKIP : trace_arguments_size(frame);
}

void trace_leave(struct trace_frame *frame)
{
	const bool was_open = trace_close();

	trace_call_end(frame);
	trace_open(was_open);
}

uintptr_t trace_enter_in_place(struct trace_frame *frame)
{
	const bool was_open = trace_close();
	const bool skip = begin(frame, was_open);

	/* Without room in the table, the end is not seen. */
	if (!skip && frame->start && trace_table_add(frame))
		frame->ret = (uintptr_t)jumpslot_trace_returned_in_place;
	frame->progress = 0; /* the frame ends before the call */
	trace_open(was_open);
	return skip ? TRACE_SKIP : 0;
}

void trace_leave_in_place(struct trace_frame *frame)
{
	const bool was_open = trace_close();

	trace_table_take(frame);
	frame->place = (uintptr_t)&frame->ret;
	trace_call_end(frame);
	trace_open(was_open);
}
