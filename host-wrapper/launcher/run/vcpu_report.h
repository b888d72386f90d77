/*
 * The state of a guest's virtual CPU as a line for the user. What it holds is the guest's
 * own word: it is printed as numbers, and nothing else is made of it.
 */
#ifndef JUMPSLOT_VCPU_REPORT_H
#define JUMPSLOT_VCPU_REPORT_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "common/outcome.h"

/* Reads it from the running guest, by the address that its runner gave. False where there
 * is none. */
bool vcpu_report_read(pid_t runner, const struct outcome *outcome,
		      struct jumpslot_vcpu_state *state);

/* Prints the line, unless the guest has never used interrupts. */
void vcpu_report_print(const struct jumpslot_vcpu_state *state, FILE *out);

#endif
