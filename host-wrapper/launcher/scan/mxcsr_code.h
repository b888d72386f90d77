/*
 * Searches code for instructions that load MXCSR, the SSE control and status register.
 * Knows files and nothing of guests or providers.
 */
#ifndef JUMPSLOT_MXCSR_CODE_H
#define JUMPSLOT_MXCSR_CODE_H

#include "elf_file.h"

/* The result of a search. */
enum mxcsr_code {
	MXCSR_CODE_NONE,
	MXCSR_CODE_LOADS,    /* at `address`, bytes of such an instruction */
	MXCSR_CODE_WRITABLE, /* the segment at `address` is writable and executable */
};

/*
 * Searches every byte that the file's executable segments make executable, at any offset:
 * a jump may go into the middle of an instruction. Whole pages are mapped, so bytes
 * beside a segment count too. Returns 0, or a negative errno without a line.
 */
int mxcsr_code_find(struct elf_file *file, enum mxcsr_code *found, uint64_t *address);

/* The first such instruction in these bytes: its offset to the byte AE, or `size`. The
 * bytes after the last count as any. */
size_t mxcsr_code_in(const uint8_t *bytes, size_t size);

#endif
