/*
 * The state of a guest's virtual CPU as a line for the user. The guest writes that state,
 * so it is only printed, as numbers.
 */
#ifndef JUMPSLOT_VCPU_REPORT_H
#define JUMPSLOT_VCPU_REPORT_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "common/outcome.h"

/* Reads it from the running guest, at the address that its runner gave. Returns false if
 * the guest has no such state. */
bool vcpu_report_read(pid_t runner, const struct outcome *outcome,
		      struct jumpslot_vcpu_state *state);

/* Prints the line, unless the guest has never used interrupts. */
void vcpu_report_print(const struct jumpslot_vcpu_state *state, FILE *out);

#endif
