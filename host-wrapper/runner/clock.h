/*
 * The guest's clock, and the timer that raises its vector. The plan chooses the clock:
 *
 *   host   the monotonic clock, and a kernel timer with the guest's period, or with
 *          several of them where the kernel's timers are too coarse
 *   guest  the processor time of the guest's thread, plus the idle time that was skipped.
 *          A one-shot kernel timer tells when to look at that clock again: it never comes
 *          too late, since processor time is never faster than the monotonic clock.
 *
 * All functions are for the guest's thread, and async-signal-safe.
 */
#ifndef JUMPSLOT_CLOCK_H
#define JUMPSLOT_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "common/message.h"

/* The guest's time 0. Before the guest starts. Returns 0 or a negative errno. */
int clock_start(struct message *message);

/* Nanoseconds since clock_start(). */
uint64_t clock_now(void);

/* The timer. Return 0 or a negative errno. `at` is a time of clock_now(); a `period` of 0
 * raises once. */
int clock_timer_create(void);
int clock_timer_set(uint64_t at, uint64_t period);
int clock_timer_stop(void);

/* Whether the timer's signal may come, or be pending. Not after clock_timer_stop(), and
 * not after the signal of a timer that raises once. */
bool clock_is_armed(void);

/* The timer's signal, or several that came as one: its handler calls this before it looks
 * at what is pending. */
void clock_expired(uint32_t signals);

/* The guest has acknowledged the clock's vector. */
void clock_acknowledged(void);

/* The guest is idle, at level 0. */
enum clock_idle {
	CLOCK_DEADLINE, /* it is past the deadline by now */
	CLOCK_AWAKE,	/* there may be something to deliver */
	CLOCK_SLEEP,	/* sleep until something from outside comes; or, on the host's
			   clock, until the deadline */
};

/* Skips to the deadline or to the timer's next period, whichever is first, unless an
 * interrupt was delivered: vcpu.delivered is then no longer `delivered`. */
enum clock_idle clock_skip(uint64_t deadline, uint32_t delivered);

/* After CLOCK_SLEEP: until when, on the monotonic clock. */
uint64_t clock_sleeps_until(uint64_t deadline);

#endif
