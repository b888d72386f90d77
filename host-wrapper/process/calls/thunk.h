/*
 * Thunks: a few instructions for each gated function, so that the gate knows which it is.
 * What is in a slot is a thunk's address. One file an architecture.
 */
#ifndef JUMPSLOT_THUNK_H
#define JUMPSLOT_THUNK_H

#include <stddef.h>
#include <stdint.h>

#include "gate.h"

/* Bytes of a thunk, and its alignment. */
#define THUNK_SIZE ((size_t)16)

/* How far a thunk may be from the gate and from its struct gate_function. */
#define THUNK_REACH ((uintptr_t)0x70000000)

/* Writes the thunk that is to run at `at`. */
void thunk_write(uint8_t *at, const struct gate_function *function);

#endif
