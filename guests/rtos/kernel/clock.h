/*
 * Ticks: the kernel's time. Everything that waits for a time waits for a tick.
 */
#ifndef RTOS_CLOCK_H
#define RTOS_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include "wait.h"

/* Ticks a second that are possible: what a PC's timer can count, and leaves time for. */
#define CLOCK_RATE_MIN 25
#define CLOCK_RATE_MAX 10000

/* Ticks since the start; it wraps. From a handler: yes. */
uint32_t clock_ticks(void);

/* A second, in ticks. */
uint32_t clock_rate(void);

/* Waits for so many ticks, or until a tick; fewer than 2^31. A tick that is past is not
 * waited for. */
void clock_sleep(uint32_t ticks);
void clock_sleep_until(uint32_t tick);

/* Ticks without an interrupt of their own, because the one before was still pending. They
 * are made up for with the next. */
uint32_t clock_missed(void);

/*
 * Called in each clock interrupt with the number of periods that have passed; returns how
 * many of them count. NULL: all. For applications whose time is not the clock's.
 */
extern uint32_t (*clock_count_hook)(uint32_t periods);

/* Ticks to the next one that somebody waits for; UINT32_MAX: nobody does. Interrupts
 * closed. */
uint32_t clock_next_timeout(void);

/* The kernel's own, with interrupts closed. */

/* `tickless`: without interrupts while nobody is ready and none is needed. */
void clock_start(uint32_t rate, bool tickless);
bool clock_is_tickless(void);
/* Nobody is ready: holds the clock's interrupts off until one is needed. */
void clock_hold_off(void);
/* Another interrupt came first. */
void clock_end_hold_off(void);
/* Wakes a thread by then, that has begun to wait. */
void clock_add_timeout(struct wait *wait, uint32_t ticks);

#endif
