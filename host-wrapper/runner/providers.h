/*
 * Loads the providers that the plan names, and finds their functions.
 */
#ifndef JUMPSLOT_PROVIDERS_H
#define JUMPSLOT_PROVIDERS_H

#include <stdint.h>

#include "common/message.h"
#include "common/plan.h"

/*
 * Loads all providers and lets each initialize itself. On success `*functions` holds the
 * address of each import's function, 0 if it is missing, and those of the standbys
 * (plan_function_count() in all); the caller frees it. Returns 0 or a negative errno.
 */
int providers_load(const struct plan *plan, uintptr_t **functions,
		   struct message *message);

#endif
