/*
 * How the calls of one import are carried: from its type, the guest's machine, and what
 * the provider says of it. Computes only; knows neither files nor the plan's layout.
 */
#ifndef JUMPSLOT_CARRY_H
#define JUMPSLOT_CARRY_H

#include <stdint.h>

#include "launcher/scan/imports.h"
#include "launcher/scan/provider_file.h"

struct carry {
	uint32_t mode;	      /* PLAN_DIRECT and so on, of common/plan.h */
	uint32_t stack_bytes; /* what a gate copies, at most; with PLAN_GATED */
};

/*
 * `import`, served by `function`, in a guest for `machine` (EM_*); their types agree
 * where they are known.
 */
struct carry carry_decide(const struct import *import, const struct provided *function,
			  unsigned machine);

/*
 * An upper bound of the bytes of arguments on the stack, of a function with that type
 * string and those flags (JUMPSLOT_*), however a compiler passes them within the psABI.
 * False if there is none that a gate could use: the function is variadic,
 * an argument is aligned to more than 64, or it is more than JUMPSLOT_MAX_STACK_BYTES.
 */
bool carry_stack_bytes(const char *type, uint32_t flags, unsigned machine,
		       uint32_t *bytes);

#endif
