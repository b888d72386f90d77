/*
 * Reading the plan: checked once, completely, before anything is done by it.
 */
#ifndef JUMPSLOT_PLAN_READ_H
#define JUMPSLOT_PLAN_READ_H

#include <stdbool.h>

#include "common/message.h"
#include "common/plan.h"

/*
 * Maps the plan in a sealed memory file. Behind this, every table and string lies
 * within it, and every index is below its count. Returns 0, or a negative
 * errno.
 */
int plan_read(const struct plan **plan, int fd, struct message *message);

/* Whether the guest imports a function of that name. */
bool plan_imports_name(const struct plan *plan, const char *name);

/* Whether the guest can ask for a restart: by itself, or by its fault handler. */
bool plan_may_restart(const struct plan *plan);

#endif
