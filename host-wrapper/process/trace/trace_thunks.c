/* Memory for thunks, and what a debugger finds of them on the stack. See trace_thunks.h.
 */
#include "trace_thunks.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "common/page.h"
#include "runner/host.h"
#include "runner/trace/trace.h"
#include "trace_table.h"
#include "trace_ways.h"

static uint8_t *thunks;

uintptr_t host_watched_target(size_t index)
{
	return (uintptr_t)(thunks + index * TRACE_THUNK_SIZE);
}

static void write_thunks(const struct plan *plan)
{
	struct trace_function *functions = trace_functions();

	for (size_t i = 0; i < plan->watched.count; i++) {
		const bool in_place = functions[i].flags & PLAN_WATCH_NO_COPY;

		functions[i].way = (uintptr_t)(in_place ? jumpslot_trace_in_place
							: jumpslot_trace_copied);
		trace_thunk_write(thunks + i * TRACE_THUNK_SIZE, &functions[i]);
	}
}

static int make_thunks(const struct plan *plan, struct message *message)
{
	const size_t size = PAGE_END((size_t)plan->watched.count * TRACE_THUNK_SIZE);

	thunks = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		      0);
	if (thunks == MAP_FAILED)
		return fail(message, errno,
			    "no memory for thunks of traced functions: %s",
			    strerror(errno));
	write_thunks(plan);
	/* Never writable and executable at once. */
	if (mprotect(thunks, size, PROT_READ | PROT_EXEC))
		return fail(message, errno,
			    "thunks of traced functions cannot be made executable: %s",
			    strerror(errno));
	return 0;
}

int trace_thunks_make(const struct runner *runner, uintptr_t *functions,
		      struct message *message)
{
	const struct plan *plan = runner->plan;
	int error = trace_prepare(plan, functions, message);

	if (!error && plan->watched.count)
		error = make_thunks(plan, message);
	if (!error)
		trace_watch(plan, functions);
	return error;
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
	*sp = trace_stack(call);
	*bp = call->bp;
	return call->ret;
}
