/*
 * A fault of the guest's, as _BSP_Virtual_faulthandler() of virt_bsp.h hands it to the
 * guest: what happened, the registers there, and room for the decision.
 * Depends on <stdint.h> alone; the part above C may be included from assembly.
 */
#ifndef JUMPSLOT_FAULT_H
#define JUMPSLOT_FAULT_H

/* jumpslot_fault.kind */
#define JUMPSLOT_FAULT_DIVISION	  1 /* of integers: by zero, or the result is too large */
#define JUMPSLOT_FAULT_FLOAT	  2 /* an exception of x87 or SSE that is not masked */
#define JUMPSLOT_FAULT_ADDRESS	  3 /* no memory there, or not for this access */
#define JUMPSLOT_FAULT_STACK	  4 /* the initial stack is full */
#define JUMPSLOT_FAULT_ILLEGAL	  5 /* no instruction, or none of this processor's */
#define JUMPSLOT_FAULT_PRIVILEGED 6 /* an instruction that is the host's alone */
#define JUMPSLOT_FAULT_TRAP	  7 /* int3 or single step; pc is behind it */

/* jumpslot_fault.decision */
#define JUMPSLOT_FAULT_REPORT	    0 /* as without a handler; so it is at first */
#define JUMPSLOT_FAULT_RETRY	    1 /* go on with registers and level of the structure */
#define JUMPSLOT_FAULT_STOP	    2 /* end the guest with `status`, silently */
#define JUMPSLOT_FAULT_RESTART_COLD 3 /* as _BSP_Virtual_reset(0) */
#define JUMPSLOT_FAULT_RESTART_WARM 4 /* as _BSP_Virtual_reset(1) */

/* How often an instruction may be retried that faults again with nothing changed. */
#define JUMPSLOT_FAULT_RETRIES 64

#ifndef __ASSEMBLER__
#include <stdint.h>

/* The same layout for 32 and 64 bit; i386 has no r8 to r15, and leaves them 0. */
struct jumpslot_fault {
	uint32_t kind;	   /* JUMPSLOT_FAULT_DIVISION and so on */
	uint32_t decision; /* the handler's answer: JUMPSLOT_FAULT_REPORT and so on */
	int32_t status;	   /* of JUMPSLOT_FAULT_STOP: its low 8 bits */
	uint32_t level;	   /* of interrupts, before the fault and after a retry */
	uint64_t address;  /* that was accessed; 0 where the processor tells none */
	uint64_t pc;	   /* of the instruction; or that was jumped to */
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

#ifdef __cplusplus
static_assert(sizeof(struct jumpslot_fault) == 168, "jumpslot_fault");
#else
_Static_assert(sizeof(struct jumpslot_fault) == 168, "jumpslot_fault");
#endif

#endif /* __ASSEMBLER__ */
#endif
