/*
 * The processor's vectors: exceptions (0 to 31), the 16 lines of the interrupt
 * controllers, and one for all software vectors. Assembly includes this file for the
 * numbers. Depends only on <stdint.h>.
 */
#ifndef RTOS_NATIVE_VECTORS_H
#define RTOS_NATIVE_VECTORS_H

#define VECTOR_LINES	 0x20
#define VECTOR_SOFT	 0x30
#define VECTOR_COUNT	 0x31
#define VECTOR_STUB_SIZE 16

#ifndef __ASSEMBLER__
#include <stdint.h>

/* Pushed by vectors_i386.S and the processor. */
struct vector_frame {
	uint32_t di, si, bp, sp, bx, dx, cx, ax;
	uint32_t vector, error;
	uint32_t pc, cs, flags;
};

/* The stub of vector n is at n * VECTOR_STUB_SIZE. */
extern char native_stubs[];

/* The stubs call this, with interrupts disabled. */
void native_vector(const struct vector_frame *frame);

/* Handles an exception (fault.c). */
void native_fault(const struct vector_frame *frame);

/* Sets up vectors and interrupt controllers (interrupts.c). */
void native_interrupts_init(void);

#endif
#endif
