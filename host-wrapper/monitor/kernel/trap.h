/*
 * The registers of interrupted code, as a trap leaves them. Depends on
 * vcpu/registers.h alone.
 */
#ifndef JUMPSLOT_MONITOR_TRAP_H
#define JUMPSLOT_MONITOR_TRAP_H

#include <stddef.h>
#include <stdint.h>

#include "layout.h"
#include "vcpu/registers.h"

/* trap.S pushes it, and the processor from `pc` on. */
struct trap_frame {
	struct general_registers general;
	uint64_t vector;
	uint64_t error;
	uint64_t pc;
	uint64_t cs;
	uint64_t flags;
	uint64_t sp;
	uint64_t ss;
} __attribute__((__aligned__(16)));

_Static_assert(sizeof(struct trap_frame) == TRAP_FRAME_SIZE, "as trap.S pushes it");
_Static_assert(offsetof(struct trap_frame, cs) == TRAP_FRAME_CS, "as trap.S reads it");

/* Continues a guest for the first time. */
void first_guest(struct trap_frame *registers) __attribute__((__noreturn__));

/* trap.S calls these. The result of the first is the guest that goes on. */
struct trap_frame *trap_from_guest(struct trap_frame *registers);
void trap_in_kernel(struct trap_frame *registers);

#endif
