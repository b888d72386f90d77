/* A stack is searched word by word: the function that is running may have any frame. See
 * trace_find.h. */
#include "trace_find.h"

#include "process/guest_stack.h"
#include "runner/current.h"
#include "runner/trace/trace.h"
#include "trace_table.h"
#include "trace_ways.h"

#include <jumpslot/provider.h>

/* Bytes of a stack that are searched. A direct function needs little stack. */
#define MOST_BYTES ((uintptr_t)0x10000)

/* `place`: of the word in a call's frame that refers to the frame itself. */
READS_THE_STACK static bool find_copied(uintptr_t place, uintptr_t end,
					struct trace_found *found)
{
	const uintptr_t start = place - offsetof(struct trace_frame, progress);
	const uintptr_t word = *(const uintptr_t *)place;
	const struct trace_frame *frame = (const struct trace_frame *)start;

	if ((word & ~TRACE_DELAYED) != start || end - start < sizeof(*frame) ||
	    !trace_has_function(frame->function))
		return false;
	*found = (struct trace_found){
		.watched = frame->function->watched,
		.is_delayed = word & TRACE_DELAYED,
		.pc = frame->ret,
		.sp = start + sizeof(*frame),
		.bp = frame->bp,
	};
	return true;
}

/* `place`: of the return address of a call whose arguments stay in place. */
READS_THE_STACK static bool find_in_place(uintptr_t place, struct trace_found *found)
{
	const struct trace_function *function;
	uintptr_t ret;

	if (*(const uintptr_t *)place != (uintptr_t)jumpslot_trace_returned_in_place)
		return false;
	ret = trace_table_return(place, &function);
	if (!ret)
		return false;
	*found = (struct trace_found){
		.watched = function->watched,
		.pc = ret,
		.sp = place + sizeof(ret),
	};
	return true;
}

bool trace_find(uintptr_t sp, struct trace_found *found)
{
	const struct guest_region *region = current_region(sp);
	uintptr_t place = (sp + sizeof(sp) - 1) & ~(sizeof(sp) - 1), end;

	if (!region || !(region->access & JUMPSLOT_READ))
		return false;
	end = region->end - sp < MOST_BYTES ? region->end : sp + MOST_BYTES;
	for (; place < end && end - place >= sizeof(place); place += sizeof(place))
		if (find_copied(place, end, found) || find_in_place(place, found))
			return true;
	return false;
}
