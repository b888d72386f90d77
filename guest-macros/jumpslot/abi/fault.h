/*
 * A fault of the guest, as its own fault handler sees it (_BSP_Virtual_faulthandler() of
 * virt_bsp.h): kinds and decisions. The structure itself, with the registers, is in the
 * processor's own file. docs/abi.md, "Faults", explains it.
 *
 * Depends on <stdint.h> and static_assert.h. Assembly may include this file; it then gets
 * the constants alone.
 */
#ifndef JUMPSLOT_ABI_FAULT_H
#define JUMPSLOT_ABI_FAULT_H

/* jumpslot_fault.kind */
#define JUMPSLOT_FAULT_DIVISION	  1 /* of integers: by zero, or the result is too large */
#define JUMPSLOT_FAULT_FLOAT	  2 /* an unmasked floating-point exception */
#define JUMPSLOT_FAULT_ADDRESS	  3 /* no memory there, or not for this access */
#define JUMPSLOT_FAULT_STACK	  4 /* overflow of the initial stack */
#define JUMPSLOT_FAULT_ILLEGAL	  5 /* not an instruction of this processor */
#define JUMPSLOT_FAULT_PRIVILEGED 6 /* an instruction that only the host may execute */
#define JUMPSLOT_FAULT_TRAP	  7 /* breakpoint or single step; pc is after it */

/* jumpslot_fault.decision */
#define JUMPSLOT_FAULT_REPORT	    0 /* the default: as without a handler */
#define JUMPSLOT_FAULT_RETRY	    1 /* continue with the structure's registers, level */
#define JUMPSLOT_FAULT_STOP	    2 /* end the guest with `status`, without a message */
#define JUMPSLOT_FAULT_RESTART_COLD 3 /* as _BSP_Virtual_reset(0) */
#define JUMPSLOT_FAULT_RESTART_WARM 4 /* as _BSP_Virtual_reset(1) */

/* Retries of one instruction that faults again with nothing changed, at most. */
#define JUMPSLOT_FAULT_RETRIES 64

#ifndef __ASSEMBLER__
#if defined(__x86_64__) || defined(__i386__)
#include "fault_x86.h"
#endif
#endif

#endif
