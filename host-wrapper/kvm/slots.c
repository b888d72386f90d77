/* Targets of slots: thunks, and functions that run inside. See slots.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>

#include <jumpslot/provider.h>

#include "kvm/faults/end.h"
#include "kvm/inside/block.h"
#include "kvm/machine/features_x86.h"
#include "kvm/machine/machine.h"
#include "runner/bindings.h"
#include "runner/plan_read.h"
#include "slots.h"

static struct jumpslot_resolver *resolver;

static uintptr_t target_of(const struct plan *plan, size_t index, uint32_t carry,
			   uint32_t import)
{
	if ((carry & PLAN_CARRY_MASK) == PLAN_INLINE)
		return block_inline_function(
			plan_string(plan, plan_imports(plan)[import].name));
	block_write_thunk(index, carry & PLAN_WIDE ? features_vector_bytes() : 16);
	return block_thunk(index);
}

void slots_find_targets(const struct plan *plan, uintptr_t *functions)
{
	const struct plan_import *imports = plan_imports(plan);
	const struct plan_standby *standbys = plan_standbys(plan);
	const uint32_t count = (uint32_t)plan->imports.count;

	for (uint32_t i = 0; i < count; i++)
		if (functions[i])
			functions[i] = target_of(plan, i, imports[i].carry, i);
	for (uint32_t i = 0; i < plan->standbys.count; i++)
		functions[count + i] =
			target_of(plan, count + i, standbys[i].carry, standbys[i].import);
}

static int make_readonly(struct runner *runner, struct message *message)
{
	const struct plan_range *pages = &runner->plan->readonly_slots;
	const uintptr_t start = (uintptr_t)runner_pointer(runner, pages->address);

	if (pages->size &&
	    guest_memory_protect(&runner->memory, start, start + (uintptr_t)pages->size))
		return fail(message, EINVAL, "slots: not within a segment");
	return 0;
}

int slots_prepare(struct runner *runner, const uintptr_t *targets,
		  struct message *message)
{
	/* This process writes slots where they are: only the machine's tables protect
	   them. */
	resolver = bindings_make(runner, 0, targets, message);
	if (!resolver)
		return -ENOMEM;
	*(uintptr_t *)runner_pointer(runner, runner->plan->resolver_pointer) =
		block_address(block_header()->bind);
	return make_readonly(runner, message);
}

/* The guest's return address is above that of the stub. */
static void __attribute__((__noreturn__)) end_unbound(uintptr_t entry)
{
	const uintptr_t offset = entry - resolver->imports;
	const uintptr_t index = offset / JUMPSLOT_RESOLVER_STRIDE;
	const bool is_entry =
		!(offset % JUMPSLOT_RESOLVER_STRIDE) && index < resolver->count;
	struct registers registers;
	uintptr_t words[INSIDE_BIND_WORDS + 1] = { 0 };

	machine_get(&registers);
	jumpslot_guest_copy_in(words, (void *)registers.sp, sizeof(words));
	registers.pc = words[INSIDE_BIND_WORDS];
	registers.sp += sizeof(words);
	end_by(&(struct end_cause){
		.kind = is_entry ? OUTCOME_UNPROVIDED : OUTCOME_BAD_ENTRY,
		.detail = is_entry ? (uint32_t)index : 0,
		.signal = SIGILL,
		.code = ILL_ILLOPN,
		.address = entry,
		.registers = &registers,
	});
}

void slots_bind(uintptr_t entry)
{
	if (!jumpslot_resolver_bind(resolver, entry))
		end_unbound(entry);
}
