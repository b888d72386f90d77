/*
 * The count of ticks, and what happens at a tick. All functions but timeout_now() are
 * called with interrupts disabled. Depends only on list.
 */
#ifndef RTOS_TIMEOUT_H
#define RTOS_TIMEOUT_H

#include <stdint.h>
#include "list.h"

struct timeout {
	struct list link; /* in no list: not set */
	uint32_t until;	  /* tick */
	void (*expired)(struct timeout *timeout);
};

/* Ticks since the start; wraps around. */
uint32_t timeout_now(void);

/* Calls `timeout->expired` in `ticks` ticks from now; cancel it by list_remove(). */
void timeout_set(struct timeout *timeout, uint32_t ticks);

/* Ticks until the next timeout; UINT32_MAX if none is set. */
uint32_t timeout_next(void);

/* Counts a tick, and calls and removes the timeouts that expire at it. */
void timeout_tick(void);

#endif
