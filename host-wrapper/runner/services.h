/*
 * What the runner itself needs of its built-in services.
 */
#ifndef JUMPSLOT_SERVICES_H
#define JUMPSLOT_SERVICES_H

#include <stdint.h>
#include <time.h>

/* From now on the guest's clock runs. */
void services_start_clock(void);

/* The monotonic clock, ns; async-signal-safe. */
uint64_t services_now(void);

#define SERVICES_SECOND 1000000000u /* ns */

static inline struct timespec services_timespec(uint64_t ns)
{
	return (struct timespec){ (time_t)(ns / SERVICES_SECOND),
				  (long)(ns % SERVICES_SECOND) };
}

/* The descriptor that the console's input is read from, -1: none. Before the start. */
int services_open_console(void);

#endif
