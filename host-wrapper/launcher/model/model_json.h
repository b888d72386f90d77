/*
 * A model as members of a JSON object (docs/report.schema.json). Depends on
 * common/model.h and common/printable.h alone.
 */
#ifndef JUMPSLOT_MODEL_JSON_H
#define JUMPSLOT_MODEL_JSON_H

#include <stdio.h>

#include "common/model.h"

/* Prints the members of a partition, the first without a comma before it. */
void model_json_partition(const struct model *model, uint32_t partition, FILE *out);

/* Prints the members "frame_ns", "run_ns", "schedules", "channels" and "health", each
 * after a comma. */
void model_json_tables(const struct model *model, FILE *out);

#endif
