/* Functions that every host carries in its own way, for carried_guest.c; each does next
 * to nothing. The functions of names.h are for first calls. */
#ifndef BENCH_CARRIED_H
#define BENCH_CARRIED_H

#include <jumpslot/external_func.h>

typedef int carried_function(int value);

EXTERNAL_FUNC(int, carried_int, int)
EXTERNAL_FUNC(int, carried_blocking, int)
EXTERNAL_FUNC(int, carried_back, carried_function *)

#endif
