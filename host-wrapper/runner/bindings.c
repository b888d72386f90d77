/* Bindings, their first contents and changes. See bindings.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>

#include <jumpslot/external_abi.h>
#include <jumpslot/provider.h>

#include "bindings.h"
#include "common/printable.h"
#include "common/table.h"
#include "current.h"
#include "trace/trace_ring.h"

static struct jumpslot_resolver resolver;

uintptr_t *bindings_writable(const struct runner *runner, uintptr_t alias, uint64_t slot)
{
	const struct plan_range *pages = &runner->plan->readonly_slots;

	if (alias && slot >= pages->address && slot - pages->address < pages->size)
		return (uintptr_t *)(alias + (uintptr_t)(slot - pages->address));
	return runner_pointer(runner, slot);
}

/* Optional ones too: whether a function is there must show in its slot. */
static bool is_bound_at_start(const struct plan *plan, const struct plan_import *import)
{
	return plan->options & PLAN_BIND_NOW || import->flags & JUMPSLOT_OPTIONAL;
}

static void fill(const struct runner *runner, uintptr_t alias, const uintptr_t *functions)
{
	const struct plan_import *imports = plan_imports(runner->plan);

	for (size_t i = 0; i < resolver.count; i++) {
		struct jumpslot_binding *binding = &resolver.bindings[i];

		binding->target = functions[i];
		binding->slot = bindings_writable(runner, alias, imports[i].slot);
		binding->unbound = *binding->slot;
		if (functions[i] && is_bound_at_start(runner->plan, &imports[i]))
			*binding->slot = functions[i];
	}
}

struct jumpslot_resolver *bindings_make(const struct runner *runner, uintptr_t alias,
					const uintptr_t *functions,
					struct message *message)
{
	const struct plan *plan = runner->plan;

	resolver.imports = (uintptr_t)runner_pointer(runner, plan->imports_address);
	resolver.bindings =
		table_new((size_t)plan->imports.count, sizeof(*resolver.bindings));
	if (!resolver.bindings) {
		fail(message, ENOMEM, "out of memory");
		return NULL;
	}
	resolver.count = (uintptr_t)plan->imports.count;
	fill(runner, alias, functions);
	return &resolver;
}

static bool is_bound(uintptr_t index)
{
	const struct jumpslot_binding *binding = &resolver.bindings[index];

	return __atomic_load_n(binding->slot, __ATOMIC_RELAXED) != binding->unbound;
}

static uint8_t bound_state(uintptr_t index)
{
	const struct plan_import *imports = plan_imports(current->plan);

	if (!is_bound(index))
		return TRACE_BOUND_NEVER;
	return is_bound_at_start(current->plan, &imports[index]) ? TRACE_BOUND_START
								 : TRACE_BOUND_CALL;
}

void bindings_note(void)
{
	struct trace_shared *shared = trace_ring_shared();
	uint8_t *bound;

	if (!shared)
		return;
	bound = trace_bound(shared, resolver.count);
	for (uintptr_t i = 0; i < resolver.count; i++) {
		const uint8_t state = bound_state(i);

		/* A guest that has reset may have called it before that. */
		if (state != TRACE_BOUND_NEVER || bound[i] == TRACE_BOUND_UNKNOWN)
			bound[i] = state;
	}
}

void bindings_retarget(uint32_t index, uintptr_t target)
{
	struct jumpslot_binding *binding = &resolver.bindings[index];

	if (is_bound(index) || !target) {
		jumpslot_resolver_replace(&resolver, index, target);
		return;
	}
	/* The slot stays unbound, so it still tells whether there was a call. A call that
	   binds it meanwhile may have read the old target. */
	__atomic_store_n(&binding->target, target, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&binding->resolving, __ATOMIC_SEQ_CST))
		;
	if (is_bound(index))
		__atomic_store_n(binding->slot, target, __ATOMIC_SEQ_CST);
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

void bindings_print(const struct plan *plan, FILE *out)
{
	uintptr_t bound = 0;

	for (uintptr_t i = 0; i < resolver.count; i++)
		bound += is_bound(i);
	print_escaped(plan_string(plan, plan->name), out);
	fprintf(out, ": bound %" PRIuPTR " of %" PRIuPTR "\n", bound, resolver.count);
	print_names(plan, out, true);
	print_names(plan, out, false);
}
