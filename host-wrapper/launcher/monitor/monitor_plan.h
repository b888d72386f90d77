/*
 * Times and rules of all partitions: those of a model, or of one partition that has the
 * whole frame. Depends on common/model.h and monitor_image.h.
 */
#ifndef JUMPSLOT_MONITOR_PLAN_H
#define JUMPSLOT_MONITOR_PLAN_H

#include "common/model.h"
#include "monitor_image.h"

/* `model`: NULL without one. */
void monitor_plan_make(struct monitor_plan *plan, const struct model *model);

#endif
