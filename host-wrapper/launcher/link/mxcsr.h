/*
 * Finds the files that can change MXCSR, the SSE control and status register: a gated
 * call reads it only where the guest or the function can have changed its control bits.
 * docs/virtual-cpu.md has the rules. Decides from files; runs nothing.
 */
#ifndef JUMPSLOT_MXCSR_H
#define JUMPSLOT_MXCSR_H

#include "launcher/scan/elf_file.h"
#include "launcher/scan/mxcsr_code.h"

enum mxcsr_change {
	MXCSR_NEVER,   /* nothing in the file changes the control bits */
	MXCSR_LOADS,   /* its code has an instruction that can, at `address` */
	MXCSR_MUTABLE, /* the code at `address` can change */
	MXCSR_CALLS,   /* it calls `name` */
	MXCSR_NEEDS,   /* it needs the library `name`, which nobody has looked at */
	MXCSR_UNKNOWN, /* the file does not tell */
};

struct mxcsr {
	enum mxcsr_change change;
	uint64_t address;
	const char *name; /* valid until the file is closed */
};

/* Of a guest, and of a provider. */
struct mxcsr mxcsr_of_guest(struct elf_file *file);
struct mxcsr mxcsr_of_provider(struct elf_file *file);

/* The reason, for a report: "it calls fesetround()". */
#define MXCSR_TEXT 300
void mxcsr_describe(const struct mxcsr *mxcsr, char *text, size_t size);

#endif
