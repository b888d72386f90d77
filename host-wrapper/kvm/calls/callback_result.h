/* A structure that guest code returns in memory: the caller's pointer to it, and the
 * guest's. A file per machine. */
#ifndef JUMPSLOT_CALLBACK_RESULT_H
#define JUMPSLOT_CALLBACK_RESULT_H

#include <stdint.h>

#include "call_frame.h"

/* Has guest code, whose stack arguments are at `stack`, return it at `place`. Returns
 * where the caller wants it. */
uintptr_t callback_result_place(struct call_copy *copy, uintptr_t *stack,
				uintptr_t place);

/* The callback has returned, and the host's caller takes over at `address`. */
void callback_result_return(struct call_copy *copy, uintptr_t address);

#endif
