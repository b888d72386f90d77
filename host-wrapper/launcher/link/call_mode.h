/*
 * The way in which calls of an import reach its function, decided from its type, the
 * guest's machine and the provider's record. Computes only; knows neither files nor the
 * plan's layout.
 */
#ifndef JUMPSLOT_CALL_MODE_H
#define JUMPSLOT_CALL_MODE_H

#include <stdint.h>

#include "launcher/scan/imports.h"
#include "launcher/scan/provider_file.h"

struct call_mode {
	uint32_t mode;	      /* PLAN_DIRECT and so on, of common/plan.h */
	uint32_t stack_bytes; /* that a gate copies at most; with PLAN_GATED */
};

/*
 * Decides for `import`, provided by `function`, in a guest for `machine` (EM_*). Their
 * types agree if both are known.
 */
struct call_mode call_mode_decide(const struct import *import,
				  const struct provided *function, unsigned machine);

/* The bytes of stack arguments, at most, as the provider or the type says. Returns false
 * if they are not known. */
bool call_mode_bound(const struct import *import, const struct provided *function,
		     unsigned machine, uint32_t *bytes);

/* The same for the kvm host. `is_runners`: the function is a built-in service. */
struct call_mode call_mode_trap(const struct import *import,
				const struct provided *function, unsigned machine,
				bool is_runners);

/*
 * Computes an upper bound of the bytes of stack arguments of a function with that type
 * string and those flags (JUMPSLOT_*), for every way in which compilers pass them within
 * the psABI. Returns false if there is no bound that a gate could use: the machine is not
 * known, the function is variadic, the alignment of an argument is above 64, or the bound
 * is above JUMPSLOT_MAX_STACK_BYTES.
 */
bool call_mode_stack_bytes(const char *type, uint32_t flags, unsigned machine,
			   uint32_t *bytes);

#endif
