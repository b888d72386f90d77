/*
 * The first call of an external function: from a guest's stub to a bound slot.
 *
 * A table, the store that binds a slot, and the protocol by which a host
 * replaces or revokes a function while the guest calls it. Knows nothing of files,
 * ELF or system calls; its object has no undefined symbol, and no instruction in
 * it touches a vector or x87 register (tests/test_resolver_object.py).
 */
#ifndef JUMPSLOT_RESOLVER_H
#define JUMPSLOT_RESOLVER_H

#include <stdint.h>

/* Distance between two entries of a guest's table (struct jumpslot_import). */
#define JUMPSLOT_RESOLVER_STRIDE 16

/* One external function. `target` and `resolving` are shared between threads. */
struct jumpslot_binding {
	uintptr_t target;    /* where calls go, 0: nowhere, a call is a fault */
	uintptr_t *slot;     /* the slot, through a mapping that may be written */
	uintptr_t unbound;   /* what the slot holds while it is not bound */
	uintptr_t resolving; /* threads between reading target and storing it */
};

/* All external functions of one guest, in the order of the guest's table. */
struct jumpslot_resolver {
	uintptr_t imports; /* address of the guest's table */
	uintptr_t count;
	struct jumpslot_binding *bindings;
};

/*
 * The resolver that jumpslot_resolver_entry uses from now on. Set once, before the
 * guest runs. The structure must stay.
 */
void jumpslot_resolver_set(struct jumpslot_resolver *resolver);

/*
 * What __external_resolver of the guest is to hold; never called from C. Takes
 * the address of the import's table entry (R11 on x86-64, on the stack on
 * i386), binds its slot and returns with every argument register as it was. For
 * an entry that is not in the table, or has no target, it stops at
 * jumpslot_resolver_fault instead, in the state it was entered with, by an
 * undefined instruction (SIGILL).
 */
extern const char jumpslot_resolver_entry[];
extern const char jumpslot_resolver_fault[];

/*
 * Binds the slot of the import whose table entry lies at `entry`. Constant time
 * whatever the number of imports. Returns 0, or -1 if there is no such entry or it has
 * no target. Any number of threads at once; async-signal-safe.
 */
int jumpslot_resolver_bind(struct jumpslot_resolver *resolver, uintptr_t entry);

/*
 * Makes calls of import `index` go to `target` (0: make them a fault), whether
 * or not it was bound. When this returns, no call that starts later reaches the
 * previous target; calls that had begun may still be in it. Waits for threads that are
 * just binding this import, some ten instructions each: so a host that interrupts guests
 * must not run other guest code while one is inside of the resolver. Not from a
 * signal handler; one caller at a time.
 */
void jumpslot_resolver_replace(struct jumpslot_resolver *resolver, uintptr_t index,
			       uintptr_t target);

/*
 * Unbinds import `index`, so that a call binds it anew: the next one, or one that has
 * begun already. Any thread; async-signal-safe.
 */
void jumpslot_resolver_reset(struct jumpslot_resolver *resolver, uintptr_t index);

#endif
