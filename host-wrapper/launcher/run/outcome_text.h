/*
 * The words for an outcome, which the runner wrote and which is not trusted.
 */
#ifndef JUMPSLOT_OUTCOME_TEXT_H
#define JUMPSLOT_OUTCOME_TEXT_H

#include <stdio.h>

#include "common/outcome.h"
#include "launcher/link/linked_guest.h"

/* Continues a line about the end of the guest; prints nothing if there is no outcome. */
void outcome_text_print(const struct linked_guest *guest, const struct outcome *outcome,
			FILE *out);

/* The name of a kind of outcome, for machines; "unknown" if there is no such kind. */
const char *outcome_kind(uint32_t kind);

#endif
