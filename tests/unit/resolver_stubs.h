/*
 * Ten thousand external functions as a guest has them, and targets that report whether
 * they were called with the right registers. In assembly, one file per architecture.
 */
#ifndef JUMPSLOT_RESOLVER_STUBS_H
#define JUMPSLOT_RESOLVER_STUBS_H

#define STUBS	    10000
#define STUB_SIZE   32
#define BIND_OFFSET 10 /* of jumpslot.bind in a stub */
#define TARGETS	    256
#define TARGET_SIZE 16

#ifndef __ASSEMBLER__
#include <stdint.h>

extern char stubs[]; /* STUB_SIZE bytes each; slots and table entries follow */
extern uintptr_t stub_slots[STUBS];
extern char stub_imports[];
extern const void *stub_resolver; /* the resolver pointer */
extern const char targets[];	  /* TARGET_SIZE bytes each */

/*
 * Calls stub `index` with a pattern in all argument registers, vectors included. Returns
 * the number of the target that it reached, or -1 if a register changed on the way.
 */
int call_stub(uintptr_t index);

/* The resolver's entry with naive_bind() in place of jumpslot_resolver_bind(). */
extern const char naive_entry[];
struct jumpslot_resolver;
uintptr_t naive_bind(const struct jumpslot_resolver *unused, uintptr_t entry);
#endif

#endif
