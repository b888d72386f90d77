/*
 * Call-frame information of thunks, as .debug_frame has it (DWARF 4, section 6.4.1): one
 * entry for all of them. The rules are the machine's, beside the code that they describe
 * in arch/<machine>/thunk.c.
 */
#ifndef JUMPSLOT_THUNK_CFI_H
#define JUMPSLOT_THUNK_CFI_H

#include <stdint.h>

#include "thunk_symbols.h"

#define THUNK_CFI_RULES 20

struct thunk_frames {
	uint16_t machine;		/* EM_* */
	uint8_t return_address;		/* number of its column */
	uint8_t rules[THUNK_CFI_RULES]; /* instructions for a thunk at any place in it */
};
extern const struct thunk_frames thunk_frames;

/* Contents of .debug_frame: rules for all thunks, and the addresses of the thunks. */
struct thunk_cfi {
	struct {
		uint32_t length; /* without this field */
		uint32_t id;
		uint8_t version, augmentation, address_size, segment_size;
		uint8_t code_alignment, data_alignment, return_address;
		uint8_t rules[THUNK_CFI_RULES];
		uint8_t padding[5]; /* DW_CFA_nop, to a multiple of a word */
	} __attribute__((__packed__)) cie;
	struct {
		uint32_t length; /* without this field */
		uint32_t cie;	 /* its offset */
		uintptr_t start;
		uintptr_t size;
	} __attribute__((__packed__)) fde;
};

struct thunk_cfi thunk_cfi(const struct thunk_area *area);

#endif
