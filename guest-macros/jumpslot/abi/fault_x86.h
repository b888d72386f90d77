/*
 * struct jumpslot_fault on x86-64 and i386. fault.h has the kinds and decisions.
 *
 * If the guest calls a gated function with an unmasked x87 exception pending, the host's
 * gate raises it: `pc` may then lie in the gate, and `sp` points to the return address of
 * the guest's call. Registers that a call preserves or that hold arguments are unchanged.
 *
 * Depends on <stdint.h> and static_assert.h.
 */
#ifndef JUMPSLOT_ABI_FAULT_X86_H
#define JUMPSLOT_ABI_FAULT_X86_H

#include <stdint.h>
#include "../static_assert.h"

/* The same layout for 32 and 64 bit. i386 has no r8 to r15: they are 0 there. */
struct jumpslot_fault {
	uint32_t kind;	   /* JUMPSLOT_FAULT_DIVISION and so on */
	uint32_t decision; /* the handler's answer: JUMPSLOT_FAULT_REPORT and so on */
	int32_t status;	   /* of JUMPSLOT_FAULT_STOP: its low 8 bits */
	uint32_t level;	   /* interrupt level before the fault and after a retry */
	uint64_t address;  /* that was accessed; 0 where the processor does not tell */
	uint64_t pc;	   /* of the instruction, or the target of a bad jump */
	uint64_t sp;
	uint64_t flags;
	uint64_t ax;
	uint64_t cx;
	uint64_t dx;
	uint64_t si;
	uint64_t di;
	uint64_t bp;
	uint64_t bx;
	uint64_t r8;
	uint64_t r9;
	uint64_t r10;
	uint64_t r11;
	uint64_t r12;
	uint64_t r13;
	uint64_t r14;
	uint64_t r15;
};

JUMPSLOT_STATIC_ASSERT(sizeof(struct jumpslot_fault) == 168, "jumpslot_fault");

#endif
