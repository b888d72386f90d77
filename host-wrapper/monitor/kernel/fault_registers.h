/*
 * The registers of a trap, as a fault handler and the report of an end have them.
 */
#ifndef JUMPSLOT_MONITOR_FAULT_REGISTERS_H
#define JUMPSLOT_MONITOR_FAULT_REGISTERS_H

#include <jumpslot/abi/fault.h>

#include "trap.h"

/* The rest of the fault is zero. */
static inline struct jumpslot_fault fault_registers(const struct trap_frame *from)
{
	const struct general_registers *general = &from->general;

	return (struct jumpslot_fault){
		.pc = from->pc,
		.sp = from->sp,
		.flags = from->flags,
		.ax = general->ax,
		.cx = general->cx,
		.dx = general->dx,
		.si = general->si,
		.di = general->di,
		.bp = general->bp,
		.bx = general->bx,
		.r8 = general->r8,
		.r9 = general->r9,
		.r10 = general->r10,
		.r11 = general->r11,
		.r12 = general->r12,
		.r13 = general->r13,
		.r14 = general->r14,
		.r15 = general->r15,
	};
}

#endif
