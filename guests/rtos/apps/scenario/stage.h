/*
 * The stage of the scenario: its time, its threads, and what it prints. Ticks count only
 * while a thread works for them, or while all sleep: so it does not matter how fast the
 * machine is, nor whether ticks fall together.
 */
#ifndef RTOS_SCENARIO_STAGE_H
#define RTOS_SCENARIO_STAGE_H

#include "thread.h"

/* Priorities. */
enum { DIRECTOR = 1, HIGH, MEDIUM, LOW };

#define WORKERS	 3
#define FOR_EVER WAIT_FOREVER

extern struct thread workers[WORKERS];

/* Before the first scene: from now on the stage's time counts, from 0. */
void stage_open(void);

/* Ticks of the scenario. */
uint32_t now(void);

/* Prints a line with the time and the name of the thread that says it. */
void say(const char *what);

/* Computes for so many ticks of its own, whoever else has some in between. */
void work(uint32_t ticks);

void start(unsigned number, const char *name, unsigned priority, void (*main)(void *));

/* Waits for all workers that were started, and shows who had the ticks. */
void finish(unsigned count_of_workers);

#endif
