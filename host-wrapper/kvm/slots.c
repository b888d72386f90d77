/* Bindings to thunks and to inline functions. See slots.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

#include <jumpslot/external_abi.h>
#include <jumpslot/provider.h>

#include "common/printable.h"
#include "kvm/faults/end.h"
#include "kvm/inside/block.h"
#include "kvm/machine/features_x86.h"
#include "kvm/machine/machine.h"
#include "resolver/resolver.h"
#include "runner/current.h"
#include "runner/plan_read.h"
#include "slots.h"

static struct jumpslot_resolver resolver;

/* The address that goes to the slot of an import, which is provided. */
static uintptr_t target_of(const struct plan *plan, size_t index)
{
	const struct plan_import *import = &plan_imports(plan)[index];

	if ((import->carry & PLAN_CARRY_MASK) == PLAN_INLINE)
		return block_inline_function(plan_string(plan, import->name));
	block_write_thunk(index,
			  import->carry & PLAN_WIDE ? features_vector_bytes() : 16);
	return block_thunk(index);
}

/* Optional ones too: whether a function is there must show in its slot. */
static bool is_bound_at_start(const struct plan *plan, const struct plan_import *import)
{
	return plan->options & PLAN_BIND_NOW || import->flags & JUMPSLOT_OPTIONAL;
}

/* This process writes slots where they are: only the machine's tables protect them. */
static struct jumpslot_binding *make_bindings(const struct runner *runner,
					      const uintptr_t *functions)
{
	const struct plan_import *imports = plan_imports(runner->plan);
	size_t count = (size_t)runner->plan->imports.count;
	struct jumpslot_binding *bindings = calloc(count + 1, sizeof(*bindings));

	if (!bindings)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		uintptr_t *slot = runner_pointer(runner, imports[i].slot);
		const uintptr_t target = functions[i] ? target_of(runner->plan, i) : 0;

		bindings[i] = (struct jumpslot_binding){ target, slot, *slot, 0 };
		if (target && is_bound_at_start(runner->plan, &imports[i]))
			*slot = target;
	}
	return bindings;
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

int slots_prepare(struct runner *runner, const uintptr_t *functions,
		  struct message *message)
{
	const struct plan *plan = runner->plan;

	resolver = (struct jumpslot_resolver){
		.imports = (uintptr_t)runner_pointer(runner, plan->imports_address),
		.count = (uintptr_t)plan->imports.count,
		.bindings = make_bindings(runner, functions),
	};
	if (!resolver.bindings)
		return fail(message, ENOMEM, "out of memory");
	*(uintptr_t *)runner_pointer(runner, plan->resolver_pointer) =
		block_address(block_header()->bind);
	return make_readonly(runner, message);
}

/* The guest's return address is above that of the stub. */
static void __attribute__((__noreturn__)) end_unbound(uintptr_t entry)
{
	const uintptr_t offset = entry - resolver.imports;
	const uintptr_t index = offset / JUMPSLOT_RESOLVER_STRIDE;
	const bool is_entry =
		!(offset % JUMPSLOT_RESOLVER_STRIDE) && index < resolver.count;
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
	if (!jumpslot_resolver_bind(&resolver, entry))
		end_unbound(entry);
}

static bool is_bound(uintptr_t index)
{
	const struct jumpslot_binding *binding = &resolver.bindings[index];

	return __atomic_load_n(binding->slot, __ATOMIC_RELAXED) != binding->unbound;
}

static void print_names(const struct plan *plan, FILE *out, bool bound)
{
	const struct plan_import *imports = plan_imports(plan);

	for (uintptr_t i = 0; i < resolver.count; i++)
		if (is_bound(i) == bound)
			fprintf(out, "  %s %s\n", bound ? "bound" : "never",
				plan_string(plan, imports[i].name));
}

JUMPSLOT_STATE(report, "(report)", JUMPSLOT_NEEDS_STDERR)

void slots_print_bound(const struct plan *plan, FILE *out)
{
	uintptr_t bound = 0;

	for (uintptr_t i = 0; i < resolver.count; i++)
		bound += is_bound(i);
	print_escaped(plan_string(plan, plan->name), out);
	fprintf(out, ": bound %" PRIuPTR " of %" PRIuPTR "\n", bound, resolver.count);
	print_names(plan, out, true);
	print_names(plan, out, false);
}
