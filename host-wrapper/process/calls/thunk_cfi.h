/*
 * Call-frame information of thunks, as .debug_frame has it (DWARF 4, section 6.4.1). One
 * entry for all of them, however many. One file an architecture, next to the code of
 * thunk_<arch>.c that it describes.
 */
#ifndef JUMPSLOT_THUNK_CFI_H
#define JUMPSLOT_THUNK_CFI_H

#include <stddef.h>
#include <stdint.h>

#include "thunk_symbols.h"

/* At most so many bytes of information. */
#define THUNK_CFI_ROOM 128

/* EM_* of the architecture. */
extern const uint16_t thunk_cfi_machine;

/* Writes it for an area; returns its size. */
size_t thunk_cfi_write(unsigned char cfi[THUNK_CFI_ROOM], const struct thunk_area *area);

#endif
