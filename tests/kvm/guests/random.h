/* Host functions of the guest that rings at random. */
#ifndef RANDOM_H
#define RANDOM_H

#include <jumpslot/external_func.h>
#include <stdint.h>

typedef int random_callback(int);

EXTERNAL_FUNC(int, random_calls, random_callback *, int)
EXTERNAL_FUNC(long, random_many, long, long, long, long, long, long, long, long)
EXTERNAL_FUNC_VARIADIC(int, random_varies, int)

#endif
