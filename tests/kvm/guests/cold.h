/* The host's memory of a guest's cold restarts: the guest itself has none. */
#ifndef COLD_H
#define COLD_H

#include <jumpslot/external_func.h>

/* Returns how often it was called before, in all runs; 3 is the last. */
EXTERNAL_FUNC(int, cold_runs)

#endif
