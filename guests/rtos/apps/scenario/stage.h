/*
 * The stage of the scenario: its time, its threads and its output. A tick counts only
 * while a thread works for it or all threads sleep, so the output depends neither on the
 * speed of the machine nor on coalesced ticks.
 */
#ifndef RTOS_SCENARIO_STAGE_H
#define RTOS_SCENARIO_STAGE_H

#include <stdint.h>
#include "thread.h"

/* Priorities. */
enum { DIRECTOR = 1, HIGH, MEDIUM, LOW };

#define WORKERS	 3
#define FOR_EVER WAIT_FOREVER

extern struct thread workers[WORKERS];

/* Starts the time of the stage at 0. Call it before the first scene. */
void stage_open(void);

/* The time of the stage, in ticks. */
uint32_t now(void);

/* Prints a line with the time and the name of the calling thread. */
void say(const char *what);

/* Computes for that many ticks of the calling thread. */
void work(uint32_t ticks);

/* Computes until a period of the clock that does not count has passed. */
void rest(void);

void start(unsigned number, const char *name, unsigned priority, void (*main)(void *));

/* Waits for the workers, and prints the thread of each tick. */
void finish(unsigned count_of_workers);

#endif
