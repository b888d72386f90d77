/* Watched imports, and the records of all but calls. See trace.h. */
#include "trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runner/bindings.h"
#include "runner/current.h"
#include "runner/host.h"
#include "trace_clock.h"
#include "trace_ring.h"
#include "vcpu/vcpu.h"

static struct trace_function *functions_watched;
/* Addresses of the imports' functions, and of the standbys'. */
static uintptr_t *provided;

static struct trace_function describe(const struct plan_watched *watched,
				      uintptr_t target)
{
	return (struct trace_function){
		.target = target,
		.x87 = watched->result == PLAN_RESULT_X87,
		.watched = watched,
		.flags = watched->flags,
		.random = watched->seed,
	};
}

static int describe_all(const struct plan *plan, const uintptr_t *functions,
			struct message *message)
{
	const struct plan_watched *watched = plan_watched(plan);
	const size_t count = (size_t)plan->watched.count;
	const size_t provided_size = plan_function_count(plan) * sizeof(*provided);

	functions_watched = calloc(count, sizeof(*functions_watched));
	provided = malloc(provided_size);
	if (!functions_watched || !provided)
		return fail(message, ENOMEM, "no memory to trace %zu functions", count);
	memcpy(provided, functions, provided_size);
	for (size_t i = 0; i < count; i++)
		functions_watched[i] =
			describe(&watched[i], functions[watched[i].import]);
	return 0;
}

struct trace_function *trace_functions(void)
{
	return functions_watched;
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

void trace_wait(bool begins, uintptr_t stack)
{
	if (current->plan->options & PLAN_TRACE)
		trace_ring_write(trace_entry_begin(begins ? TRACE_WAIT : TRACE_WAIT_END,
						   0, 0, stack));
}

bool trace_is_active(const struct trace_function *function)
{
	return __atomic_load_n(&function->flags, __ATOMIC_RELAXED) &
		       (PLAN_WATCH_RECORD | PLAN_WATCH_COUNT) ||
	       function->watched->action != PLAN_ACTION_NONE;
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

	return trace_is_active(function) ? host_watched_target(index) : function->target;
}

void trace_watch(const struct plan *plan, uintptr_t *functions)
{
	for (size_t i = 0; i < plan->watched.count; i++)
		if (functions_watched[i].target)
			functions[plan_watched(plan)[i].import] =
				slot_target(&functions_watched[i]);
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
	bindings_retarget(import, function->is_revoked ? 0 : slot_target(function));
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

int trace_prepare(const struct plan *plan, const uintptr_t *functions,
		  struct message *message)
{
	trace_clock_start();
	if (trace_ring_shared()) {
		vcpu.watch = watch_interrupt;
		atexit(bindings_note);
	}
	return plan->watched.count ? describe_all(plan, functions, message) : 0;
}
