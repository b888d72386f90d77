/*
 * What the runner itself needs of its built-in services.
 */
#ifndef JUMPSLOT_SERVICES_H
#define JUMPSLOT_SERVICES_H

#include <stdint.h>

/* From now on the guest's clock runs. */
void services_start_clock(void);

/* The monotonic clock, ns; async-signal-safe. */
uint64_t services_now(void);

/* The descriptor that the console's input is read from, -1: none. Before the start. */
int services_open_console(void);

#endif
