/* Entries by their place on the stack. See trace_table.h. */
#include "trace_table.h"

#include "common/code_table_x86.h"
#include "common/outcome.h"

#define ENTRIES 1024

struct entry {
	uintptr_t place; /* of the return address; 0: free */
	uintptr_t ret;
	uint64_t start;
	const struct trace_function *function;
};

static struct entry entries[ENTRIES];

static struct entry *find(uintptr_t place)
{
	for (size_t i = 0; i < ENTRIES; i++)
		if (entries[i].place == place)
			return &entries[i];
	return NULL;
}

bool trace_table_add(const struct trace_frame *frame)
{
	const uintptr_t place = (uintptr_t)&frame->ret;
	struct entry *entry = find(place);

	if (!entry)
		entry = find(0);
	if (!entry)
		return false;
	*entry = (struct entry){ place, frame->ret, frame->start, frame->function };
	return true;
}

/* A function that takes arguments off returns to a place above that of its call: the
 * nearest one below it. */
static struct entry *find_nearest(uintptr_t place)
{
	struct entry *nearest = NULL;

	for (size_t i = 0; i < ENTRIES; i++)
		if (entries[i].place && entries[i].place <= place &&
		    (!nearest || entries[i].place > nearest->place))
			nearest = &entries[i];
	return nearest;
}

void trace_table_take(struct trace_frame *frame)
{
	struct entry *entry = find_nearest((uintptr_t)&frame->ret);

	if (!entry) /* the guest has changed its stack or this table */
		CODE_STOP(OUTCOME_HOST_ORDER);
	frame->ret = entry->ret;
	frame->start = entry->start;
	frame->function = entry->function;
	entry->place = 0;
}

uintptr_t trace_table_return(uintptr_t place, const struct trace_function **function)
{
	const struct entry *entry = place ? find(place) : NULL;

	if (!entry)
		return 0;
	*function = entry->function;
	return entry->ret;
}
