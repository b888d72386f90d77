/*
 * The kernel's time in ticks, for applications, and its source, the processor's clock.
 * Depends only on the compiler's own headers.
 */
#ifndef RTOS_CLOCK_H
#define RTOS_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Possible rates in ticks per second: a PC's timer can count them, and they leave time
 * for threads. */
#define CLOCK_RATE_MIN 25
#define CLOCK_RATE_MAX 10000

/* Ticks since the start; wraps around. From a handler: yes. */
uint32_t clock_ticks(void);

/* Ticks per second. */
uint32_t clock_rate(void);

/* Wait for `ticks` ticks, or until a tick; less than 2^31 ahead. Return at once for a
 * tick in the past. */
void clock_sleep(uint32_t ticks);
void clock_sleep_until(uint32_t tick);

/* Ticks without an interrupt of their own, because the previous one was still pending.
 * The next interrupt catches up on them. */
uint32_t clock_missed(void);

/*
 * Called in each clock interrupt with the number of periods that have passed; returns how
 * many of them count as ticks. NULL: all. For applications with a time of their own.
 */
extern uint32_t (*clock_count_hook)(uint32_t periods);

/* The kernel's own, with interrupts disabled. */

/* `tickless`: no clock interrupts while no thread is ready and no timeout is due. The
 * caller connects clock_interrupt() to the clock's vector first. */
void clock_start(uint32_t rate, bool tickless);
bool clock_is_tickless(void);
void clock_interrupt(int vector);
/* No thread is ready: suppresses clock interrupts until the next timeout. */
void clock_hold_off(void);
/* Another interrupt came first: catches up and resumes. */
void clock_end_hold_off(void);

#endif
