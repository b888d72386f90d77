/* Functions that the debugged guest calls in its host. */
#ifndef FRAMES_H
#define FRAMES_H

#include <jumpslot/external_func.h>

/* Where a debugger stops, with frames of guest and host below. */
EXTERNAL_FUNC(int, host_stop, int)
/* Calls the guest's function, with `value`. */
EXTERNAL_FUNC(int, host_calls, int (*)(int), int)
/* Runs on the guest's stack: nobody can count its arguments. */
EXTERNAL_FUNC_VARIADIC(int, host_stop_variadic, int)

#endif
