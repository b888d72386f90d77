/*
 * struct registers of x86-64 and i386, bits of registers, and the values that registers
 * have when a function starts. Included from assembly and C.
 */
#ifndef JUMPSLOT_REGISTERS_X86_H
#define JUMPSLOT_REGISTERS_X86_H

/* EFLAGS: interrupts enabled, and bit 1, which is always set. */
#define X86_FLAGS_DEFAULT 0x202
/* EFLAGS.RF: the processor sets it for an instruction that faulted. */
#define X86_FLAGS_RESUME 0x10000
/* Flags that may differ where an instruction faults again. */
#define FLAGS_TRANSIENT X86_FLAGS_RESUME
/* All floating-point exceptions masked, round to nearest (psABI, process start). */
#define X86_MXCSR_DEFAULT	0x1f80
#define X86_X87_CONTROL_DEFAULT 0x37f
/* x87 status word, low byte: an unmasked exception is pending. */
#define X86_X87_PENDING 0x80

#ifndef __ASSEMBLER__
#include <stdint.h>

/* In the order in which the assembly restores them. */
struct general_registers {
	uintptr_t ax;
	uintptr_t cx;
	uintptr_t dx;
	uintptr_t si;
	uintptr_t di;
	uintptr_t bp;
#ifdef __x86_64__
	uintptr_t r8;
	uintptr_t r9;
	uintptr_t r10;
	uintptr_t r11;
	uintptr_t r12;
	uintptr_t r13;
	uintptr_t r14;
	uintptr_t r15;
#endif
	uintptr_t bx; /* last: until then it holds the frame */
};

/* Those with which a handler of the guest is entered. */
struct entry_registers {
	uintptr_t ax;
	uintptr_t bx;
	uintptr_t si;
	uintptr_t di;
	uintptr_t sp;
	uintptr_t pc;
};

struct registers {
	struct general_registers general;
	uintptr_t sp;
	uintptr_t pc;
	uintptr_t flags;
};

#endif
#endif
