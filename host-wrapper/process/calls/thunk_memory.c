/* Memory for thunks. See thunk_memory.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "common/page.h"
#include "common/table.h"
#include "thunk_memory.h"

/* Distance between two attempts to find free memory. */
#define STEP ((uintptr_t)TABLE_ALIGNMENT)

/* Whole pages; whole huge pages if it is large, which then begin at a multiple of STEP.
 */
static size_t round_up(size_t size)
{
	const size_t alignment = size < TABLE_ALIGNMENT / 4 ? PAGE : TABLE_ALIGNMENT;

	return (size + alignment - 1) & ~(alignment - 1);
}

static size_t thunks_size(const struct thunk_memory *memory)
{
	return round_up(memory->count * THUNK_SIZE);
}

static size_t functions_size(const struct thunk_memory *memory)
{
	return round_up(memory->count * sizeof(*memory->functions));
}

static void *map_at(uintptr_t address, size_t size)
{
	void *at = mmap((void *)address, size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (at == MAP_FAILED || (uintptr_t)at == address)
		return at;
	munmap(at, size); /* an older kernel, or valgrind, takes the address for a hint */
	return MAP_FAILED;
}

/* Maps memory that a thunk's jump to the gate can span: below this program, or above it
 * where the program lies low, as under valgrind. */
static void *map_near(size_t size)
{
	uintptr_t program = (uintptr_t)jumpslot_gate & ~(STEP - 1);
	void *at = MAP_FAILED;

	for (uintptr_t away = size + STEP; at == MAP_FAILED && away < THUNK_REACH;
	     away += STEP) {
		if (away < program)
			at = map_at(program - away, size);
		if (at == MAP_FAILED && program + away > program)
			at = map_at(program + away, size);
	}
	return at;
}

int thunk_memory_map(struct thunk_memory *memory, size_t count, struct message *message)
{
	size_t size;

	memory->count = count;
	size = thunks_size(memory) + functions_size(memory);
	memory->thunks = map_near(size);
	if (memory->thunks == MAP_FAILED)
		return fail(message, ENOMEM, "no memory for %zu thunks near the runner",
			    count);
	if (size >= TABLE_ALIGNMENT)
		madvise(memory->thunks, size, MADV_HUGEPAGE);
	memory->functions =
		(struct gate_function *)(memory->thunks + thunks_size(memory));
	return 0;
}

int thunk_memory_protect(const struct thunk_memory *memory, struct message *message)
{
	char *thunks = (char *)memory->thunks;

	/* Does nothing on x86; other processors may hold stale instructions. */
	__builtin___clear_cache(thunks, thunks + thunks_size(memory));
	if (mprotect(thunks, thunks_size(memory), PROT_READ | PROT_EXEC) ||
	    mprotect(memory->functions, functions_size(memory), PROT_READ))
		return fail(message, errno, "thunks cannot be made executable: %s",
			    strerror(errno));
	return 0;
}
