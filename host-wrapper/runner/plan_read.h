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

const struct plan_segment *plan_segments(const struct plan *plan);
const struct plan_import *plan_imports(const struct plan *plan);
const struct plan_provider *plan_providers(const struct plan *plan);
const struct plan_line *plan_lines(const struct plan *plan);
const char *plan_string(const struct plan *plan, uint32_t string);
const char *plan_argument(const struct plan *plan, uint64_t index);

/* Whether the guest imports a function of that name. */
bool plan_imports_name(const struct plan *plan, const char *name);

#endif
