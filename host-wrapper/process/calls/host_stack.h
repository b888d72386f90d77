/* The stack that host functions run on. Depends on the gate, which uses it. */
#ifndef JUMPSLOT_HOST_STACK_H
#define JUMPSLOT_HOST_STACK_H

#include <stdint.h>

#include "common/message.h"

/*
 * Maps a stack of `bytes` bytes, with a guard of LOAD_GUARD bytes below it, and puts the
 * gate's first record on top. Returns 0 or a negative errno.
 */
int host_stack_map(uint64_t bytes, struct message *message);

#endif
