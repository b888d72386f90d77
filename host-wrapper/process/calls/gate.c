/* The host's stack, the functions behind the gate and their thunks. See gate.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include "common/plan.h"
#include "gate.h"
#include "runner/current.h"
#include "runner/load.h"
#include "runner/plan_read.h"
#include "thunk.h"
#include "thunk_symbols.h"

#define PAGE ((size_t)4096)
/* Above it: what a callback copies as arguments may end beyond the outermost frame. */
#define MARGIN ((size_t)1024)

struct gate gate = { .state = GATE_OUTSIDE };

/* Thunks, and behind them, from a page of their own, what they lead to. */
static struct gated {
	uint8_t *thunks;
	struct gate_function *functions;
	size_t count;
	size_t thunks_size;
	size_t functions_size;
} gated;

static bool is_gated(const uintptr_t *functions, uint64_t index)
{
	const struct plan_import *import = &plan_imports(current->plan)[index];

	return functions[index] && (import->carry & PLAN_CARRY_MASK) != PLAN_DIRECT;
}

static size_t count_gated(const uintptr_t *functions)
{
	size_t count = 0;

	for (uint64_t i = 0; i < current->plan->imports.count; i++)
		count += is_gated(functions, i);
	return count;
}

static int map_stack(struct message *message)
{
	size_t size = (size_t)current->plan->host_stack_size;
	char *at = MAP_FAILED;

	errno = ENOMEM;
	if (current->plan->host_stack_size <= SIZE_MAX - LOAD_GUARD - MARGIN - PAGE)
		at = mmap(NULL, size + LOAD_GUARD + PAGE, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (at == MAP_FAILED ||
	    mprotect(at + LOAD_GUARD, size + PAGE, PROT_READ | PROT_WRITE))
		return fail(message, errno,
			    "no memory for a host's stack of %llu bytes: %s",
			    (unsigned long long)current->plan->host_stack_size,
			    strerror(errno));
	gate.stack_low = (uintptr_t)at + LOAD_GUARD;
	gate.record = (struct gate_record *)(gate.stack_low + size + PAGE - MARGIN) - 1;
	return 0;
}

static size_t whole_pages(size_t size)
{
	return (size + PAGE - 1) & ~(PAGE - 1);
}

static void *map_at(uintptr_t address, size_t size)
{
	void *at = mmap((void *)address, size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (at == MAP_FAILED || (uintptr_t)at == address)
		return at;
	munmap(at, size); /* a kernel, or a tool, that takes it for a hint */
	return MAP_FAILED;
}

/* Maps `size` bytes where a jump reaches the gate: below this program, or, where it lies
 * low as valgrind puts it, above. */
static void *map_near(size_t size)
{
	uintptr_t program = (uintptr_t)jumpslot_gate & ~(uintptr_t)(PAGE - 1);
	size_t step = 0x200000;
	void *at = MAP_FAILED;

	for (uintptr_t away = size + step; at == MAP_FAILED && away < THUNK_REACH;
	     away += step) {
		if (away < program)
			at = map_at(program - away, size);
		if (at == MAP_FAILED && program + away > program)
			at = map_at(program + away, size);
	}
	return at;
}

static int map_thunks(struct message *message)
{
	gated.thunks_size = whole_pages(gated.count * THUNK_SIZE);
	gated.functions_size = whole_pages(gated.count * sizeof(*gated.functions));
	gated.thunks = map_near(gated.thunks_size + gated.functions_size);
	if (gated.thunks == MAP_FAILED)
		return fail(message, ENOMEM, "no memory for %zu thunks near the runner",
			    gated.count);
	gated.functions = (struct gate_function *)(gated.thunks + gated.thunks_size);
	return 0;
}

static struct gate_function describe(uintptr_t address, uint64_t index)
{
	const struct plan_import *import = &plan_imports(current->plan)[index];
	uintptr_t room = (import->stack_bytes + GATE_ALIGNMENT - 1) &
			 ~(uintptr_t)(GATE_ALIGNMENT - 1);
	bool blocking = import->carry & PLAN_BLOCKING;

	return (struct gate_function){
		.address = address,
		.gate = &gate,
		.stack_bytes = import->stack_bytes,
		.padding = room - import->stack_bytes,
		.room = room,
		.force = blocking ? GATE_FORCED : 0,
		.import = (uint32_t)index,
		.on_guest_stack = (import->carry & PLAN_CARRY_MASK) == PLAN_GUEST_STACK,
		.blocking = blocking,
	};
}

/* Makes a thunk for each gated function, and takes its address for the function's. */
static void write_thunks(uintptr_t *functions)
{
	size_t next = 0;

	for (uint64_t i = 0; i < current->plan->imports.count; i++) {
		uint8_t *thunk = gated.thunks + next * THUNK_SIZE;

		if (!is_gated(functions, i))
			continue;
		gated.functions[next] = describe(functions[i], i);
		thunk_write(thunk, &gated.functions[next]);
		functions[i] = (uintptr_t)thunk;
		next++;
	}
}

/* From here on neither can be written, and never was anything both. */
static int protect(struct message *message)
{
	if (mprotect(gated.thunks, gated.thunks_size, PROT_READ | PROT_EXEC) ||
	    mprotect(gated.functions, gated.functions_size, PROT_READ))
		return fail(message, errno, "thunks cannot be made executable: %s",
			    strerror(errno));
	return 0;
}

static const char *name_of(size_t thunk)
{
	uint32_t import = gated.functions[thunk].import;

	return plan_string(current->plan, plan_imports(current->plan)[import].name);
}

static int name_thunks(struct message *message)
{
	const struct thunk_area area = {
		.start = (uintptr_t)gated.thunks,
		.stride = THUNK_SIZE,
		.count = gated.count,
	};
	int error = thunk_symbols_register(&area, name_of, message);

	if (!error && current->plan->options & PLAN_PERF_MAP)
		error = thunk_symbols_write_perf_map(&area, name_of, message);
	return error;
}

int gate_prepare(uintptr_t *functions, struct message *message)
{
	int error;

	gated.count = count_gated(functions);
	if (!gated.count)
		return 0;
	error = map_stack(message);
	if (!error)
		error = map_thunks(message);
	if (error)
		return error;
	write_thunks(functions);
	error = protect(message);
	return error ? error : name_thunks(message);
}
