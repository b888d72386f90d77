/*
 * The first call of an external function: from a guest's stub to a bound slot.
 *
 * This is a table, the store that binds a slot, and the protocol by which a host replaces
 * or revokes a function while the guest calls it. It knows nothing of files, ELF or
 * system calls. Its object has no undefined symbol, and no instruction in it touches a
 * vector or floating-point register (tests/abi/test_resolver_object.py).
 */
#ifndef JUMPSLOT_RESOLVER_H
#define JUMPSLOT_RESOLVER_H

#include <stdint.h>

/* Distance between two entries of a guest's table: sizeof(struct jumpslot_import). */
#define JUMPSLOT_RESOLVER_STRIDE 16

/* One external function. Threads share `target` and `resolving`. */
struct jumpslot_binding {
	uintptr_t target;    /* where calls go; 0: a call is a fault */
	uintptr_t *slot;     /* the slot, through a writable mapping */
	uintptr_t unbound;   /* what the slot holds while it is not bound */
	uintptr_t resolving; /* threads between reading the target and storing it */
};

/* All external functions of one guest, in the order of the guest's table. */
struct jumpslot_resolver {
	uintptr_t imports; /* address of the guest's table */
	uintptr_t count;
	struct jumpslot_binding *bindings;
};

/*
 * Sets the resolver that jumpslot_resolver_entry uses. Call it once, before the guest
 * runs. The structure must live as long as the guest.
 */
void jumpslot_resolver_set(struct jumpslot_resolver *resolver);

/*
 * The value for the guest's __external_resolver; never called from C. It takes the
 * address of the import's table entry (R11 on x86-64, on the stack on i386), binds the
 * slot and returns with every argument register unchanged. An entry that is not in the
 * table or has no target stops at jumpslot_resolver_fault instead, an undefined
 * instruction (SIGILL), with the registers and stack that jumpslot_resolver_entry was
 * entered with.
 */
extern const char jumpslot_resolver_entry[];
extern const char jumpslot_resolver_fault[];

/*
 * Binds the slot of the import whose table entry is at `entry`, in constant time whatever
 * the number of imports. Returns the target that the slot now holds, so that an entry may
 * jump to it; or 0 if there is no such entry or it has no target. Any number of threads
 * at once; async-signal-safe.
 */
uintptr_t jumpslot_resolver_bind(struct jumpslot_resolver *resolver, uintptr_t entry);

/*
 * Makes calls of import `index` go to `target` (0: makes them a fault), whether or not
 * the import was bound. When this returns, no call that starts later reaches the previous
 * target; calls that started earlier may still be in it.
 *
 * Waits for threads that are binding this import, about ten instructions each. So a host
 * that interrupts guests must not run other guest code while one is inside the resolver.
 * Not from a signal handler; one caller at a time.
 */
void jumpslot_resolver_replace(struct jumpslot_resolver *resolver, uintptr_t index,
			       uintptr_t target);

/*
 * Unbinds import `index`: the next call binds it again. A call that is binding at the
 * same time may still store the target after this returns. Any thread; async-signal-safe.
 */
void jumpslot_resolver_reset(struct jumpslot_resolver *resolver, uintptr_t index);

#endif
