/* Alias mapping, bindings and their first contents. See slots.h. */
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
#include "common/memory_file.h"
#include "process/calls/gate.h"
#include "runner/guest.h"
#include "runner/guest_memory.h"
#include "runner/plan_read.h"
#include "slots.h"

/* Where the read-only pages are mapped a second time; 0: there are none. */
static uintptr_t alias;

/* Where a slot may be written. */
static uintptr_t *writable(uint64_t slot)
{
	const struct plan_range *pages = &guest.plan->readonly_slots;

	if (alias && slot >= pages->address && slot - pages->address < pages->size)
		return (uintptr_t *)(alias + (uintptr_t)(slot - pages->address));
	return guest_pointer(slot);
}

static int map_twice(int fd, struct message *message)
{
	const struct plan_range *pages = &guest.plan->readonly_slots;
	size_t size = (size_t)pages->size;
	void *own, *guests = guest_pointer(pages->address);

	own = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (own == MAP_FAILED)
		return fail(message, errno, "slots: %s", strerror(errno));
	memcpy(own, guests, size);
	/* From here on no mapping of it can become writable, not even by mprotect. */
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE | F_SEAL_SHRINK | F_SEAL_GROW))
		return fail(message, errno, "slots cannot be sealed: %s",
			    strerror(errno));
	if (mmap(guests, size, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
		return fail(message, errno, "slots: %s", strerror(errno));
	alias = (uintptr_t)own;
	if (guest_memory_protect((uintptr_t)guests, (uintptr_t)guests + size))
		return fail(message, EINVAL, "slots: not within a segment");
	return 0;
}

static int make_readonly(struct message *message)
{
	int fd, error;

	if (!guest.plan->readonly_slots.size)
		return 0;
	fd = memory_file_create("the slots", guest.plan->readonly_slots.size, message);
	if (fd < 0)
		return fd;
	error = map_twice(fd, message);
	close(fd);
	return error;
}

/* Optional ones too: whether a function is there must show in its slot. */
static bool bound_at_start(const struct plan_import *import)
{
	return guest.plan->options & PLAN_BIND_NOW || import->flags & JUMPSLOT_OPTIONAL;
}

static void prepare_binding(struct jumpslot_binding *binding,
			    const struct plan_import *import, uintptr_t function)
{
	*binding = (struct jumpslot_binding){
		.target = function,
		.slot = writable(import->slot),
	};
	binding->unbound = *binding->slot;
	if (function && bound_at_start(import))
		*binding->slot = function;
}

int slots_prepare(const uintptr_t *functions, struct message *message)
{
	const struct plan_import *imports = plan_imports(guest.plan);
	uintptr_t count = (uintptr_t)guest.plan->imports.count;
	int error = make_readonly(message);

	if (error)
		return error;
	guest.resolver = (struct jumpslot_resolver){
		.imports = guest.base + (uintptr_t)guest.plan->imports_address,
		.count = count,
		.bindings = calloc(count + 1, sizeof(struct jumpslot_binding)),
	};
	if (!guest.resolver.bindings)
		return fail(message, ENOMEM, "out of memory");
	for (uintptr_t i = 0; i < count; i++)
		prepare_binding(&guest.resolver.bindings[i], &imports[i], functions[i]);
	jumpslot_resolver_set(&guest.resolver);
	*writable(guest.plan->resolver_pointer) = (uintptr_t)jumpslot_bind;
	return 0;
}

static bool is_bound(uintptr_t index)
{
	const struct jumpslot_binding *binding = &guest.resolver.bindings[index];

	return __atomic_load_n(binding->slot, __ATOMIC_RELAXED) != binding->unbound;
}

static void print_names(FILE *out, bool bound)
{
	const struct plan_import *imports = plan_imports(guest.plan);

	for (uintptr_t i = 0; i < guest.resolver.count; i++)
		if (is_bound(i) == bound)
			fprintf(out, "  %s %s\n", bound ? "bound" : "never",
				plan_string(guest.plan, imports[i].name));
}

void slots_print_bound(FILE *out)
{
	uintptr_t bound = 0;

	for (uintptr_t i = 0; i < guest.resolver.count; i++)
		bound += is_bound(i);
	fprintf(out, "%s: bound %" PRIuPTR " of %" PRIuPTR "\n",
		plan_string(guest.plan, guest.plan->name), bound, guest.resolver.count);
	print_names(out, true);
	print_names(out, false);
}
