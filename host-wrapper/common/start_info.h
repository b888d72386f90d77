/*
 * The start information of a guest and its command line, in one block, as every host
 * writes it (jumpslot/abi/start.h). Depends on its arguments alone.
 */
#ifndef JUMPSLOT_START_INFO_H
#define JUMPSLOT_START_INFO_H

#include <stddef.h>

#include "plan.h"

/* Addresses as the guest sees them, and the choices of its host. */
struct start_values {
	uint64_t address; /* of the block itself */
	uint64_t base;	  /* added to addresses of the image */
	uint64_t resolver;
	uint64_t work_area;
	uint64_t interrupt_frame; /* bytes; used only if the guest takes interrupts */
};

/* Bytes of the block. */
size_t start_info_size(const struct plan *plan);

/* Writes the block to `to`. */
void start_info_write(void *to, const struct plan *plan,
		      const struct start_values *values);

#endif
