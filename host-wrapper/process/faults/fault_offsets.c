/* Fields of a fault, for assembly. See asm_offset.h. */
#include "common/asm_offset.h"
#include <jumpslot/abi/fault.h>

void fault_offsets(void);
void fault_offsets(void)
{
	OFFSET(FAULT_PC, struct jumpslot_fault, pc);
	OFFSET(FAULT_SP, struct jumpslot_fault, sp);
	OFFSET(FAULT_AX, struct jumpslot_fault, ax);
	OFFSET(FAULT_CX, struct jumpslot_fault, cx);
	OFFSET(FAULT_DX, struct jumpslot_fault, dx);
	OFFSET(FAULT_SI, struct jumpslot_fault, si);
	OFFSET(FAULT_DI, struct jumpslot_fault, di);
	OFFSET(FAULT_BP, struct jumpslot_fault, bp);
	OFFSET(FAULT_BX, struct jumpslot_fault, bx);
	OFFSET(FAULT_R8, struct jumpslot_fault, r8);
}
