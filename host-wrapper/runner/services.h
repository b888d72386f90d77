/*
 * Functions of the built-in services that the runner itself uses.
 */
#ifndef JUMPSLOT_SERVICES_H
#define JUMPSLOT_SERVICES_H

#include <stdint.h>
#include <time.h>

#define SERVICES_SECOND 1000000000u /* ns */

static inline struct timespec services_timespec(uint64_t ns)
{
	return (struct timespec){ (time_t)(ns / SERVICES_SECOND),
				  (long)(ns % SERVICES_SECOND) };
}

struct plan;

/* Opens the console's input for a guest that imports a function for it, before the guest
 * starts. Returns its descriptor; -1: none. */
int services_open_console(const struct plan *plan);

#endif
