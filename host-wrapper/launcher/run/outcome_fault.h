/*
 * The words for a fault that the processor reported: place, address and reason.
 */
#ifndef JUMPSLOT_OUTCOME_FAULT_H
#define JUMPSLOT_OUTCOME_FAULT_H

#include <stdio.h>

#include "common/outcome.h"
#include "launcher/link/linked_guest.h"

/* OUTCOME_SIGNAL: the signal at its place, or the jump to an address without code. */
void outcome_fault_print(const struct linked_guest *guest, const struct outcome *outcome,
			 FILE *out);

/* OUTCOME_FRAME: what the return accessed. */
void outcome_fault_print_frame(const struct linked_guest *guest,
			       const struct outcome *outcome, FILE *out);

/* OUTCOME_PRIVILEGED: the same, with the instruction. */
void outcome_fault_print_privileged(const struct linked_guest *guest,
				    const struct outcome *outcome, FILE *out);

/* OUTCOME_SEGMENTS: the same, with the registers that the guest changed. */
void outcome_fault_print_segments(const struct linked_guest *guest,
				  const struct outcome *outcome, FILE *out);

#endif
