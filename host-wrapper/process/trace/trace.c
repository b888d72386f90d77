/* Thunks, and what is not a call. See trace.h. */
#include "trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "common/page.h"
#include "process/slots.h"
#include "runner/current.h"
#include "trace_call.h"
#include "trace_clock.h"
#include "trace_ring.h"
#include "trace_table.h"
#include "vcpu/vcpu.h"

static struct trace_function *functions_watched;
/* Addresses of the imports' functions, and of the standbys'. */
static uintptr_t *provided;
static uint8_t *thunks;

static struct trace_function describe(const struct plan_watched *watched,
				      uintptr_t target)
{
	const bool in_place = watched->flags & PLAN_WATCH_NO_COPY;

	return (struct trace_function){
		.way = (uintptr_t)(in_place ? jumpslot_trace_in_place
					    : jumpslot_trace_copied),
		.target = target,
		.x87 = watched->result == PLAN_RESULT_X87,
		.watched = watched,
		.flags = watched->flags,
		.random = watched->seed,
	};
}

static void write_thunks(const struct plan *plan, uintptr_t *functions)
{
	const struct plan_watched *watched = plan_watched(plan);

	for (size_t i = 0; i < plan->watched.count; i++) {
		uint8_t *thunk = thunks + i * TRACE_THUNK_SIZE;
		uintptr_t *function = &functions[watched[i].import];

		functions_watched[i] = describe(&watched[i], *function);
		trace_thunk_write(thunk, &functions_watched[i]);
		if (*function && !(watched[i].flags & PLAN_WATCH_LATER))
			*function = (uintptr_t)thunk;
	}
}

static int make_thunks(const struct plan *plan, uintptr_t *functions,
		       struct message *message)
{
	const size_t count = (size_t)plan->watched.count;
	const size_t size = PAGE_END(count * TRACE_THUNK_SIZE);
	const size_t provided_size = plan_function_count(plan) * sizeof(*provided);

	functions_watched = calloc(count, sizeof(*functions_watched));
	provided = malloc(provided_size);
	thunks = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		      0);
	if (!functions_watched || !provided || thunks == MAP_FAILED)
		return fail(message, ENOMEM, "no memory to trace %zu functions", count);
	memcpy(provided, functions, provided_size);
	write_thunks(plan, functions);
	/* Never writable and executable at once. */
	if (mprotect(thunks, size, PROT_READ | PROT_EXEC))
		return fail(message, errno,
			    "thunks of traced functions cannot be made executable: %s",
			    strerror(errno));
	return 0;
}

/* At level 1, where no interrupt can intervene. */
static void watch_interrupt(const struct jumpslot_interrupt_frame *frame, bool begins)
{
	struct trace_shared *shared = trace_ring_shared();
	struct trace_entry *entry;

	if (!shared)
		return;
	if (begins)
		shared->vectors[frame->vector % JUMPSLOT_VECTORS]++;
	if (!(current->plan->options & PLAN_TRACE))
		return;
	entry = trace_entry_begin(begins ? TRACE_INTERRUPT : TRACE_INTERRUPT_END,
				  frame->vector, frame->pc, frame->sp);
	trace_ring_write(entry);
}

void trace_wait(bool begins)
{
	struct trace_entry *entry;
	bool was_open;

	if (!(current->plan->options & PLAN_TRACE))
		return;
	was_open = trace_close();
	entry = trace_entry_begin(begins ? TRACE_WAIT : TRACE_WAIT_END, 0, 0,
				  (uintptr_t)&was_open);
	trace_ring_write(entry);
	trace_open(was_open);
}

uintptr_t trace_caller(uintptr_t ret, uintptr_t place, uintptr_t frame, uintptr_t *sp,
		       uintptr_t *bp)
{
	const struct trace_function *function;
	const struct trace_frame *call;
	uintptr_t original;

	if (ret == (uintptr_t)jumpslot_trace_returned_in_place) {
		original = trace_table_return(place, &function);
		return original ? original : ret;
	}
	if (ret != (uintptr_t)jumpslot_trace_returned)
		return ret;
	call = (const struct trace_frame *)(frame - offsetof(struct trace_frame, bp));
	*sp = (uintptr_t)call->arguments;
	*bp = call->bp;
	return call->ret;
}

bool trace_has_function(const struct trace_function *function)
{
	const uintptr_t offset = (uintptr_t)function - (uintptr_t)functions_watched;

	return functions_watched &&
	       offset < current->plan->watched.count * sizeof(*function) &&
	       offset % sizeof(*function) == 0;
}

/* The address that a slot holds. */
static uintptr_t slot_target(const struct trace_function *function)
{
	const size_t index = (size_t)(function - functions_watched);
	const bool is_plain =
		!(function->flags & (PLAN_WATCH_RECORD | PLAN_WATCH_COUNT)) &&
		function->watched->action == PLAN_ACTION_NONE;

	return is_plain ? function->target
			: (uintptr_t)(thunks + index * TRACE_THUNK_SIZE);
}

/* The import's function of that provider; 0: it has none. */
static uintptr_t find_provided(uint32_t import, uint32_t provider)
{
	const struct plan *plan = current->plan;
	const struct plan_standby *standbys = plan_standbys(plan);

	if (plan_imports(plan)[import].provider == provider)
		return provided[import];
	for (size_t i = 0; i < plan->standbys.count; i++)
		if (standbys[i].import == import && standbys[i].provider == provider)
			return provided[plan->imports.count + i];
	return 0;
}

static void change(struct trace_function *function, uint32_t operation, uint32_t provider)
{
	const uint32_t import = function->watched->import;
	const uintptr_t other =
		operation == CONTROL_USE ? find_provided(import, provider) : 0;

	if (operation == CONTROL_TRACE_ON)
		__atomic_fetch_or(&function->flags, PLAN_WATCH_RECORD, __ATOMIC_SEQ_CST);
	if (operation == CONTROL_TRACE_OFF)
		__atomic_fetch_and(&function->flags, ~(uint32_t)PLAN_WATCH_RECORD,
				   __ATOMIC_SEQ_CST);
	if (operation == CONTROL_REVOKE)
		function->is_revoked = true;
	if (operation == CONTROL_RESTORE)
		function->is_revoked = false;
	if (other)
		__atomic_store_n(&function->target, other, __ATOMIC_SEQ_CST);
	slots_retarget(import, function->is_revoked ? 0 : slot_target(function));
}

void trace_control(const struct control_request *request)
{
	struct trace_shared *shared = trace_ring_shared();

	for (size_t i = 0; i < current->plan->watched.count; i++)
		if (functions_watched[i].watched->import == request->number &&
		    functions_watched[i].target && request->operation != CONTROL_RAISE)
			change(&functions_watched[i], request->operation,
			       request->provider);
	if (shared)
		__atomic_store_n(&shared->done, request->sequence, __ATOMIC_RELEASE);
}

void trace_begin(void)
{
	struct trace_shared *shared = trace_ring_shared();

	/* A guest that has reset began earlier. */
	if (shared && !shared->started)
		shared->started = trace_clock_now();
}

int trace_prepare(const struct runner *runner, uintptr_t *functions,
		  struct message *message)
{
	trace_clock_start();
	if (trace_ring_shared()) {
		vcpu.watch = watch_interrupt;
		atexit(slots_note_bound);
	}
	if (!runner->plan->watched.count)
		return 0;
	return make_thunks(runner->plan, functions, message);
}
