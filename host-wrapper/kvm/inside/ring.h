/* Rings a doorbell from C. */
#ifndef JUMPSLOT_RING_H
#define JUMPSLOT_RING_H

#include <stdint.h>

/* The page that has no memory (inside.ld). */
extern volatile char inside_doorbell[] __attribute__((__visibility__("hidden")));

/* The host reads and writes what `value` points to. */
#define RING(doorbell, value)                                                            \
	__asm__ volatile("mov %0, %c1 + inside_doorbell(%%rip)"                          \
			 :                                                               \
			 : "r"((uint64_t)(uintptr_t)(value)), "i"(doorbell)              \
			 : "memory")

#endif
