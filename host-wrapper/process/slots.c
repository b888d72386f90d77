/* The second mapping, bindings and their first contents. See slots.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <jumpslot/external_abi.h>
#include <jumpslot/provider.h>
#include "common/memory_file.h"
#include "common/printable.h"
#include "common/table.h"
#include "process/calls/gate.h"
#include "process/trace/trace_ring.h"
#include "resolver/resolver.h"
#include "runner/current.h"
#include "runner/plan_read.h"
#include "slots.h"

/* The resolver's table, which it finds by jumpslot_resolver_set(). */
static struct jumpslot_resolver resolver;

/* The address through which a slot is written. `alias`: where the read-only pages are
 * mapped a second time; 0: there are none. */
static uintptr_t *writable(const struct runner *runner, uintptr_t alias, uint64_t slot)
{
	const struct plan_range *pages = &runner->plan->readonly_slots;

	if (alias && slot >= pages->address && slot - pages->address < pages->size)
		return (uintptr_t *)(alias + (uintptr_t)(slot - pages->address));
	return runner_pointer(runner, slot);
}

static int map_twice(struct runner *runner, int fd, uintptr_t *alias,
		     struct message *message)
{
	const struct plan_range *pages = &runner->plan->readonly_slots;
	size_t size = (size_t)pages->size;
	void *own, *guests = runner_pointer(runner, pages->address);

	int error = memory_file_write(fd, guests, size);

	if (error)
		return fail(message, -error, "slots: %s", strerror(-error));
	own = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (own == MAP_FAILED)
		return fail(message, errno, "slots: %s", strerror(errno));
	/* From here on no new mapping of it can be writable, not even by mprotect(). */
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE | F_SEAL_SHRINK | F_SEAL_GROW))
		return fail(message, errno, "slots cannot be sealed: %s",
			    strerror(errno));
	if (mmap(guests, size, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
		return fail(message, errno, "slots: %s", strerror(errno));
	*alias = (uintptr_t)own;
	if (guest_memory_protect(&runner->memory, (uintptr_t)guests,
				 (uintptr_t)guests + size))
		return fail(message, EINVAL, "slots: not within a segment");
	return 0;
}

static int make_readonly(struct runner *runner, uintptr_t *alias, struct message *message)
{
	int fd, error;

	if (!runner->plan->readonly_slots.size)
		return 0;
	fd = memory_file_create("the slots", runner->plan->readonly_slots.size, message);
	if (fd < 0)
		return fd;
	error = map_twice(runner, fd, alias, message);
	close(fd);
	return error;
}

/* Optional ones too: whether a function is there must show in its slot. */
static bool is_bound_at_start(const struct plan *plan, const struct plan_import *import)
{
	return plan->options & PLAN_BIND_NOW || import->flags & JUMPSLOT_OPTIONAL;
}

static struct jumpslot_binding *make_bindings(const struct runner *runner,
					      uintptr_t alias, const uintptr_t *functions)
{
	const struct plan_import *imports = plan_imports(runner->plan);
	size_t count = (size_t)runner->plan->imports.count;
	struct jumpslot_binding *bindings = table_new(count, sizeof(*bindings));

	if (!bindings)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		bindings[i].target = functions[i];
		bindings[i].slot = writable(runner, alias, imports[i].slot);
		bindings[i].unbound = *bindings[i].slot;
		if (functions[i] && is_bound_at_start(runner->plan, &imports[i]))
			*bindings[i].slot = functions[i];
	}
	return bindings;
}

int slots_prepare(struct runner *runner, const uintptr_t *functions,
		  struct message *message)
{
	const struct plan *plan = runner->plan;
	uintptr_t alias = 0;
	int error;

	if (!plan->resolver_pointer)
		return 0; /* the linker has bound the calls (linked/) */
	error = make_readonly(runner, &alias, message);
	if (error)
		return error;
	resolver = (struct jumpslot_resolver){
		.imports = (uintptr_t)runner_pointer(runner, plan->imports_address),
		.count = (uintptr_t)plan->imports.count,
		.bindings = make_bindings(runner, alias, functions),
	};
	if (!resolver.bindings)
		return fail(message, ENOMEM, "out of memory");
	jumpslot_resolver_set(&resolver);
	*writable(runner, alias, plan->resolver_pointer) = (uintptr_t)jumpslot_bind;
	return 0;
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

void slots_note_bound(void)
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

void slots_retarget(uint32_t index, uintptr_t target)
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
