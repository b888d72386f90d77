/*
 * Time in nanoseconds since the boot, by the processor's time-stamp counter, and a timer
 * that interrupts once, by the PIT. Depends on port_io.h alone.
 */
#ifndef JUMPSLOT_MONITOR_CLOCK_H
#define JUMPSLOT_MONITOR_CLOCK_H

#include <stdint.h>

/* Measures the counter. Takes 10 ms. */
void clock_start(void);
uint64_t clock_now(void);

/* Interrupts at that time, or at most 50 ms from now if it is later: whoever sets the
 * timer looks at the clock again. */
void clock_timer(uint64_t at_ns);

/* The timer has interrupted. */
void clock_timer_expired(void);

#endif
