/*
 * Names for the numbers of an outcome, which are not trusted: any value has a name.
 */
#ifndef JUMPSLOT_OUTCOME_PLACE_H
#define JUMPSLOT_OUTCOME_PLACE_H

#include <stdint.h>

#include "common/outcome.h"
#include "launcher/link/linked_guest.h"

#define OUTCOME_MAX_PLACE 1200

/* Writes an address of the running guest, with its function if there are symbols, into
 * `text` of OUTCOME_MAX_PLACE bytes. Returns `text`. */
const char *outcome_place(const struct linked_guest *guest, const struct outcome *outcome,
			  uint64_t address, char *text);

/* The same for a caller, which is not the guest's code after a tail call of the entry:
 * the host's address there says nothing to the user. */
const char *outcome_caller(const struct linked_guest *guest,
			   const struct outcome *outcome, uint64_t address, char *text);

/* The function at that address, as " <name+0x10>"; "" if there is no symbol. */
void outcome_symbol(const struct linked_guest *guest, const struct outcome *outcome,
		    uint64_t address, char *text);

/* The name of an import; "?" if there is no such import. */
const char *outcome_import(const struct linked_guest *guest, uint32_t import);

#endif
