/*
 * How a guest answers the process that raises its lines: one byte a call, by the
 * descriptor that the provider was given; 1, or a negative errno.
 */
#ifndef LINES_H
#define LINES_H

#include <jumpslot/external_func.h>

EXTERNAL_FUNC(int, answer_gated)
EXTERNAL_FUNC(int, answer_blocking)
EXTERNAL_FUNC(int, answer_direct)

#endif
