/* The beginning and the end of a traced call. See trace_call.h. */
#include "trace_arguments.h"
#include "trace_call.h"
#include "trace_clock.h"
#include "trace_ring.h"

#if defined(__x86_64__)
#define HIGH(frame) ((uint64_t)(frame)->general[TRACE_DX])
#define LOW(frame)  ((uint64_t)(frame)->general[TRACE_AX])
#else
#define HIGH(frame) UINT64_C(0)
#define LOW(frame)                                                                       \
	((uint64_t)(frame)->general[TRACE_AX] | (uint64_t)(frame)->general[TRACE_DX]     \
							<< 32)
#endif

static struct trace_counter *counter_of(const struct trace_function *function)
{
	struct trace_shared *shared = trace_ring_shared();

	if (!shared || !(function->flags & PLAN_WATCH_COUNT))
		return NULL;
	return &trace_counters(shared)[function->watched->import];
}

static void count_end(const struct trace_function *function, uint64_t ns)
{
	struct trace_counter *counter = counter_of(function);

	if (!counter)
		return;
	counter->returned++;
	counter->total_ns += ns;
	if (ns > counter->most_ns)
		counter->most_ns = ns;
}

static void record_call(const struct trace_frame *frame)
{
	struct trace_entry *entry;

	entry = trace_entry_begin(TRACE_CALL, frame->function->watched->import,
				  frame->ret, frame->place);
	trace_arguments_add(entry, frame);
	trace_ring_write(entry);
}

static void record_end(const struct trace_frame *frame, enum trace_kind kind, uint64_t ns)
{
	const struct plan_watched *watched = frame->function->watched;
	struct trace_entry *entry;

	entry = trace_entry_begin(kind, watched->import, frame->ret, frame->place);
	trace_entry_add(entry, ns);
	if (watched->result == PLAN_RESULT_X87) {
		trace_entry_add(entry, frame->x87[0]);
		trace_entry_add(entry, frame->x87[1]);
	} else if (watched->result == PLAN_RESULT_VECTOR) {
		trace_entry_add(entry, frame->vectors[0]);
		trace_entry_add(entry, frame->vectors[1]);
	} else {
		trace_entry_add(entry, LOW(frame));
		trace_entry_add(entry, HIGH(frame));
	}
	trace_ring_write(entry);
}

/* SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
 */
static uint64_t next_random(uint64_t *state)
{
	uint64_t value = *state += UINT64_C(0x9e3779b97f4a7c15);

	value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
	return value ^ value >> 31;
}

/* The policy's action for this call. */
static uint32_t decide(struct trace_function *function)
{
	const struct plan_watched *watched = function->watched;

	function->calls++;
	if (watched->action == PLAN_ACTION_NONE)
		return PLAN_ACTION_NONE;
	if (watched->nth)
		return function->calls == watched->nth ? watched->action
						       : PLAN_ACTION_NONE;
	/* The upper half: a multiplication by less than 2^20 cannot overflow. */
	if (watched->chance < PLAN_CHANCE_ALWAYS &&
	    (next_random(&function->random) >> 32) * PLAN_CHANCE_ALWAYS >> 32 >=
		    watched->chance)
		return PLAN_ACTION_NONE;
	return watched->action;
}

static void make_result(struct trace_frame *frame)
{
	const struct plan_watched *watched = frame->function->watched;

	frame->general[TRACE_AX] = (uintptr_t)watched->value[0];
#if defined(__x86_64__)
	frame->general[TRACE_DX] = (uintptr_t)watched->value[1];
#else
	frame->general[TRACE_DX] = (uintptr_t)(watched->value[0] >> 32);
	frame->saved[1] = watched->pops;
#endif
	frame->vectors[0] = watched->value[0];
	frame->x87[0] = watched->value[0];
	frame->x87[1] = watched->value[1];
}

uint32_t trace_call_begin(struct trace_frame *frame)
{
	struct trace_function *function = (struct trace_function *)frame->function;
	struct trace_counter *counter = counter_of(function);
	const bool recorded = function->flags & PLAN_WATCH_RECORD;
	const uint32_t action = decide(function);

	frame->progress = (uintptr_t)frame;
	frame->start = counter || recorded ? trace_clock_now() : 0;
	if (counter)
		counter->calls++;
	if (recorded)
		record_call(frame);
	if (action == PLAN_ACTION_DELAY) {
		frame->progress |= TRACE_DELAYED;
		trace_clock_wait(function->watched->value[0]);
		frame->progress &= ~TRACE_DELAYED;
	}
	if (action != PLAN_ACTION_FAIL)
		return action;
	make_result(frame);
	frame->progress = 0;
	if (frame->start)
		count_end(function, trace_clock_now() - frame->start);
	if (recorded)
		record_end(frame, TRACE_SKIPPED, trace_clock_now() - frame->start);
	return action;
}

void trace_call_end(struct trace_frame *frame)
{
	uint64_t ns;

	frame->progress = 0;
	if (!frame->start)
		return;
	ns = trace_clock_now() - frame->start;
	count_end(frame->function, ns);
	if (frame->function->flags & PLAN_WATCH_RECORD)
		record_end(frame, TRACE_RETURN, ns);
}
