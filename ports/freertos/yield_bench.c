/*
 * Measures what a yield costs: two tasks of the same priority yield to each other. Built
 * in a FreeRTOS tree, with this port or with another one. It starts in main(), so it
 * needs newlib here (README.md) and libc there; with -DYIELD_BENCH_POSIX it reads the
 * time as POSIX has it. Depends on FreeRTOS's public headers and <stdio.h>.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "FreeRTOS.h"
#include "task.h"

#define ROUNDS 20
#define YIELDS 50000 /* per round, by each of the two tasks */

#ifdef YIELD_BENCH_POSIX
#include <time.h>

static uint64_t nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}
#else
static uint64_t nanoseconds(void)
{
	return _BSP_Virtual_Clock_read();
}
#endif

static volatile uint32_t done[2];

static void yield_forever(void *unused)
{
	(void)unused;
	for (;;) {
		done[1]++;
		taskYIELD();
	}
}

/* Prints tenths of nanoseconds per yield: those of the fastest round, in which the
 * machine did nothing else. */
static void measure(void *unused)
{
	uint64_t fastest = UINT64_MAX;

	(void)unused;
	for (int round = 0; round < ROUNDS; round++) {
		uint32_t other = done[1];
		uint64_t time = nanoseconds();
		uint64_t yields;

		for (int i = 0; i < YIELDS; i++)
			taskYIELD();
		time = nanoseconds() - time;
		yields = YIELDS + (done[1] - other);
		if (10 * time / yields < fastest)
			fastest = 10 * time / yields;
	}
	printf("a yield: %lu.%lu ns\n", (unsigned long)(fastest / 10),
	       (unsigned long)(fastest % 10));
	exit(0);
}

int main(void)
{
	xTaskCreate(measure, "measure", 4 * configMINIMAL_STACK_SIZE, NULL, 1, NULL);
	xTaskCreate(yield_forever, "other", configMINIMAL_STACK_SIZE, NULL, 1, NULL);
	vTaskStartScheduler();
	return 1;
}
