/* Rings a doorbell from C. */
#ifndef JUMPSLOT_RING_H
#define JUMPSLOT_RING_H

#include <stdint.h>

/* The page that has no memory (inside.ld). */
extern volatile char inside_doorbell[] __attribute__((__visibility__("hidden")));

/* A store of a word. The host reads and writes what `value` points to. */
#define RING(doorbell, value)                                                            \
	do {                                                                             \
		__asm__ volatile("" : : : "memory");                                     \
		*(volatile uintptr_t *)(inside_doorbell + (doorbell)) =                  \
			(uintptr_t)(value);                                              \
		__asm__ volatile("" : : : "memory");                                     \
	} while (0)

#endif
