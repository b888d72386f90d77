/*
 * The frame of an interrupt of an i386 guest, as vcpu/interrupt_frame_x86.h has it in a
 * 32-bit program. Depends on the ABI alone.
 */
#ifndef JUMPSLOT_MONITOR_INTERRUPT_FRAME_I386_H
#define JUMPSLOT_MONITOR_INTERRUPT_FRAME_I386_H

#include <stdint.h>

#include <jumpslot/abi/vcpu.h>

struct registers_i386 {
	uint32_t ax, cx, dx, si, di, bp, bx;
	uint32_t sp, pc, flags;
};

struct frame_i386 {
	struct jumpslot_interrupt_frame shown;
	uint32_t features;
	uint32_t changed;
	uint64_t vectors;
	uint64_t returns;
	struct registers_i386 registers;
} __attribute__((__aligned__(16)));

struct frame_return_i386 {
	uint32_t flags;
	uint32_t pc;
};

#endif
