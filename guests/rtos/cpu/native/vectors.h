/*
 * The processor's vectors: 0 to 31 are exceptions, then the 16 lines of the interrupt
 * controllers, then one for all that software raises. The part above C is for assembly
 * too.
 */
#ifndef RTOS_NATIVE_VECTORS_H
#define RTOS_NATIVE_VECTORS_H

#define VECTOR_LINES	 0x20
#define VECTOR_SOFT	 0x30
#define VECTOR_COUNT	 0x31
#define VECTOR_STUB_SIZE 16

#ifndef __ASSEMBLER__
#include <stdint.h>

/* What vectors_i386.S and the processor push. */
struct vector_frame {
	uint32_t di, si, bp, sp, bx, dx, cx, ax;
	uint32_t vector, error;
	uint32_t pc, cs, flags;
};

/* The stub of vector n is n * VECTOR_STUB_SIZE behind. */
extern char native_stubs[];

/* Called by them, with interrupts closed. */
void native_vector(const struct vector_frame *frame);

/* For an exception (fault.c). */
void native_fault(const struct vector_frame *frame);

/* Prepares all of it (interrupts.c). */
void native_interrupts_init(void);

#endif
#endif
