/*
 * The guest's clock as the code inside reads it (inside/clock_x86.c): the host writes the
 * time and the processor's counter before each entry of the machine. The counter may lie:
 * each time that the guest asks, the host checks that both sides see the same one.
 */
#ifndef JUMPSLOT_INLINE_CLOCK_H
#define JUMPSLOT_INLINE_CLOCK_H

#include <stdint.h>

/* Before the guest's first instruction. */
void inline_clock_start(void);

/* Before each entry, after everything that takes time. */
void inline_clock_write(void);

/* The doorbell: answers the time. */
void inline_clock_read(uintptr_t argument);

#endif
