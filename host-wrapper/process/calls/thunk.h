/*
 * Thunks: a few instructions for each gated function, which tell the gate the function. A
 * slot holds the address of a thunk. One file per machine.
 */
#ifndef JUMPSLOT_THUNK_H
#define JUMPSLOT_THUNK_H

#include <stddef.h>
#include <stdint.h>

#include "gate.h"

/* Bytes of a thunk, and its alignment. */
#define THUNK_SIZE ((size_t)16)

/* The largest distance of a thunk from the gate and from its struct gate_function. */
#define THUNK_REACH ((uintptr_t)0x70000000)

/* Writes a thunk to `at`, where it will run. */
void thunk_write(uint8_t *at, const struct gate_function *function);

#endif
