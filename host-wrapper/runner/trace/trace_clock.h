/*
 * The time of a record. The guest's vector registers are in use, so libc's
 * clock_gettime() will not do: it may use them.
 */
#ifndef JUMPSLOT_TRACE_CLOCK_H
#define JUMPSLOT_TRACE_CLOCK_H

#include <stdint.h>

/* Finds the kernel's own function, before the guest starts. */
void trace_clock_start(void);

/* CLOCK_MONOTONIC, in ns. Uses general registers only. */
uint64_t trace_clock_now(void);

/* Waits. An interrupt of the guest does not end it. */
void trace_clock_wait(uint64_t ns);

#endif
