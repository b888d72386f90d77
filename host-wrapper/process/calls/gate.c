/* The functions that the guest reaches through the gate. See gate.h. */
#include "common/plan.h"
#include "gate.h"
#include "host_stack.h"
#include "runner/current.h"
#include "runner/plan_read.h"
#include "thunk_memory.h"
#include "thunk_symbols.h"
#include "vcpu/registers_x86.h"

/* One object, and static: assembly addresses it relative to the program counter, and
 * signal handlers read it. A process has one guest, on one thread. */
struct gate gate = { .state = GATE_OUTSIDE };

/* thunk_symbols.h asks for the names of thunks by number. */
static struct thunk_memory memory;
static const struct plan *plan;

/* A function of an import, or, after these, a standby's. */
struct way {
	uint32_t import;
	uint32_t carry;
	uint32_t stack_bytes;
};

static struct way way_of(size_t index)
{
	const size_t imports = (size_t)plan->imports.count;
	const struct plan_import *import = &plan_imports(plan)[index];
	const struct plan_standby *standby = &plan_standbys(plan)[index - imports];

	if (index < imports)
		return (struct way){ (uint32_t)index, import->carry,
				     import->stack_bytes };
	return (struct way){ standby->import, standby->carry, standby->stack_bytes };
}

static bool is_gated(const uintptr_t *functions, size_t index)
{
	return functions[index] && (way_of(index).carry & PLAN_CARRY_MASK) != PLAN_DIRECT;
}

static size_t count_gated(const uintptr_t *functions)
{
	size_t count = 0;

	for (size_t i = 0; i < plan_function_count(plan); i++)
		count += is_gated(functions, i);
	return count;
}

static struct gate_function describe(uintptr_t address, const struct way *way)
{
	uintptr_t room = (way->stack_bytes + GATE_ALIGNMENT - 1) &
			 ~(uintptr_t)(GATE_ALIGNMENT - 1);
	bool blocking = way->carry & PLAN_BLOCKING;

	return (struct gate_function){
		.address = address,
		.gate = &gate,
		.more = (blocking ? GATE_FORCED : 0) |
			(way->carry & PLAN_RETURNS_MXCSR ? 0 : GATE_READS),
		.stack_bytes = way->stack_bytes,
		.padding = room - way->stack_bytes,
		.room = room,
		.import = way->import,
		.on_guest_stack = (way->carry & PLAN_CARRY_MASK) == PLAN_GUEST_STACK,
		.blocking = blocking,
	};
}

/* Writes a thunk for each gated function and replaces the function's address with it. */
static void write_thunks(uintptr_t *functions)
{
	size_t next = 0;

	for (size_t i = 0; i < plan_function_count(plan); i++) {
		const struct way way = way_of(i);
		uint8_t *thunk = memory.thunks + next * THUNK_SIZE;

		if (!is_gated(functions, i))
			continue;
		memory.functions[next] = describe(functions[i], &way);
		thunk_write(thunk, &memory.functions[next]);
		functions[i] = (uintptr_t)thunk;
		next++;
	}
}

static const char *name_of(size_t thunk)
{
	uint32_t import = memory.functions[thunk].import;

	return plan_string(plan, plan_imports(plan)[import].name);
}

static int name_thunks(struct message *message)
{
	const struct thunk_area area = {
		.start = (uintptr_t)memory.thunks,
		.stride = THUNK_SIZE,
		.count = memory.count,
	};
	int error = thunk_symbols_register(&area, name_of, message);

	if (!error && plan->options & PLAN_PERF_MAP)
		error = thunk_symbols_write_perf_map(&area, name_of, message);
	return error;
}

bool gate_has_function(const struct gate_function *function)
{
	uintptr_t offset = (uintptr_t)function - (uintptr_t)memory.functions;

	return offset < memory.count * sizeof(*function) &&
	       offset % sizeof(*function) == 0;
}

int gate_prepare(uintptr_t *functions, struct message *message)
{
	size_t count;
	int error;

	plan = current->plan;
	count = count_gated(functions);
	if (!count)
		return 0;
	error = host_stack_map(plan->host_stack_size, message);
	if (!error)
		error = thunk_memory_map(&memory, count, message);
	if (error)
		return error;
	gate.known = plan->options & PLAN_KEEPS_MXCSR ? X86_MXCSR_DEFAULT : 0;
	write_thunks(functions);
	error = thunk_memory_protect(&memory, message);
	return error ? error : name_thunks(message);
}
