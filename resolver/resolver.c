/*
 * The table, the patching of slots, and the protocol between threads that bind a slot and
 * the thread that replaces its target. No libc, no I/O, no undefined symbol; compiled for
 * general registers only, because the caller's vector arguments are live. No variable
 * either: on i386 a compiler reaches one through a table that a linker has to make.
 *
 * The protocol closes a race: a binder reads the old target, is delayed, and stores it
 * after the replacement is complete. So a binder announces itself before it reads the
 * target. The replacer writes the target first, waits until every binder that may have
 * read the old one has stored it, and only then stores the new one. A binder that
 * announces itself later reads the new target.
 */
#include "resolver.h"

static struct jumpslot_binding *find(struct jumpslot_resolver *resolver, uintptr_t entry)
{
	uintptr_t offset = entry - resolver->imports;
	uintptr_t index = offset / JUMPSLOT_RESOLVER_STRIDE;

	if (offset % JUMPSLOT_RESOLVER_STRIDE || index >= resolver->count)
		return 0;
	return &resolver->bindings[index];
}

uintptr_t jumpslot_resolver_bind(struct jumpslot_resolver *resolver, uintptr_t entry)
{
	struct jumpslot_binding *binding = find(resolver, entry);
	uintptr_t target;

	if (!binding)
		return 0;
	/* Announce, then read: sequentially consistent, so neither passes the other. */
	__atomic_fetch_add(&binding->resolving, 1, __ATOMIC_SEQ_CST);
	target = __atomic_load_n(&binding->target, __ATOMIC_SEQ_CST);
	if (target)
		__atomic_store_n(binding->slot, target, __ATOMIC_RELEASE);
	__atomic_fetch_sub(&binding->resolving, 1, __ATOMIC_RELEASE);
	return target;
}

/* Waits until no thread holds a target that it read before this call. */
static void wait_for_binders(const struct jumpslot_binding *binding)
{
	while (__atomic_load_n(&binding->resolving, __ATOMIC_SEQ_CST))
		;
}

void jumpslot_resolver_replace(struct jumpslot_resolver *resolver, uintptr_t index,
			       uintptr_t target)
{
	struct jumpslot_binding *binding = &resolver->bindings[index];

	__atomic_store_n(&binding->target, target, __ATOMIC_SEQ_CST);
	wait_for_binders(binding);
	__atomic_store_n(binding->slot, target ? target : binding->unbound,
			 __ATOMIC_SEQ_CST);
}

void jumpslot_resolver_reset(struct jumpslot_resolver *resolver, uintptr_t index)
{
	struct jumpslot_binding *binding = &resolver->bindings[index];

	__atomic_store_n(binding->slot, binding->unbound, __ATOMIC_SEQ_CST);
}
