/*
 * Answers of a guest to the process that raises its lines. Each call writes one byte to
 * the descriptor in the provider's option, and returns 1 or a negative errno.
 */
#ifndef LINES_H
#define LINES_H

#include <jumpslot/external_func.h>

EXTERNAL_FUNC(int, answer_gated)
EXTERNAL_FUNC(int, answer_blocking)
EXTERNAL_FUNC(int, answer_direct)

#endif
