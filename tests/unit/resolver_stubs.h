/*
 * External functions as a guest has them, ten thousand in a table, and targets for them
 * that tell whether they were called with the right registers. In assembly, one file an
 * architecture.
 */
#ifndef JUMPSLOT_RESOLVER_STUBS_H
#define JUMPSLOT_RESOLVER_STUBS_H

#define STUBS	    10000
#define STUB_SIZE   32
#define BIND_OFFSET 10 /* of the resolver call in a stub */
#define TARGETS	    256
#define TARGET_SIZE 16

#ifndef __ASSEMBLER__
#include <stdint.h>

extern char stubs[]; /* STUB_SIZE bytes each; their slots and table entries: */
extern uintptr_t stub_slots[STUBS];
extern char stub_imports[];
extern const void *stub_resolver; /* the resolver pointer */
extern const char targets[];	  /* TARGET_SIZE bytes each */

/*
 * Calls stub `index` with all registers that carry arguments, vectors included, in use.
 * Returns the number of the target that it reached, or -1 if a register had changed.
 */
int call_stub(uintptr_t index);

/* The resolver's entry, but calling naive_bind() instead of jumpslot_resolver_bind(). */
extern const char naive_entry[];
struct jumpslot_resolver;
int naive_bind(const struct jumpslot_resolver *unused, uintptr_t entry);
#endif

#endif
