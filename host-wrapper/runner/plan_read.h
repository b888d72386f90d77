/*
 * Reads the plan and checks it completely, once, before it is used.
 */
#ifndef JUMPSLOT_PLAN_READ_H
#define JUMPSLOT_PLAN_READ_H

#include <stdbool.h>

#include "common/message.h"
#include "common/plan.h"

/*
 * Maps the plan in the sealed memory file `fd`. After this, every table and string lies
 * within the plan, and every index is below its count. Returns 0 or a negative errno.
 */
int plan_read(const struct plan **plan, int fd, struct message *message);

/* Whether the guest imports a function of that name. */
bool plan_imports_name(const struct plan *plan, const char *name);

#endif
