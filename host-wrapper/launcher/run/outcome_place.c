/* Names of addresses and imports. See outcome_place.h. */
#include <inttypes.h>
#include <stdio.h>

#include "launcher/scan/symbols.h"
#include "outcome_place.h"

const char *outcome_import(const struct linked_guest *guest, uint32_t import)
{
	return import < guest->table.count ? guest->table.imports[import].name : "?";
}

void outcome_symbol(const struct linked_guest *guest, const struct outcome *outcome,
		    uint64_t address, char *text)
{
	symbols_describe(&guest->file, address - outcome->base, text, OUTCOME_MAX_PLACE);
}

const char *outcome_caller(const struct linked_guest *guest,
			   const struct outcome *outcome, uint64_t address, char *text)
{
	if (image_has(&guest->image, address - outcome->base))
		return outcome_place(guest, outcome, address, text);
	return "outside the guest, as after a tail call of its entry";
}

const char *outcome_place(const struct linked_guest *guest, const struct outcome *outcome,
			  uint64_t address, char *text)
{
	int length = snprintf(text, OUTCOME_MAX_PLACE, "0x%" PRIx64, address);

	symbols_describe(&guest->file, address - outcome->base, text + length,
			 OUTCOME_MAX_PLACE - (size_t)length);
	return text;
}
