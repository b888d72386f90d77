/* Fills all registers with random contents, and says which of them changed. */
#ifndef INTERRUPTS_REGISTERS_CHECK_H
#define INTERRUPTS_REGISTERS_CHECK_H

#include "interrupts_registers.h"

/* Which vector registers there are: LEVEL_*. */
uint32_t registers_level(void);

/* For the next step, which spins so often. */
void registers_fill(struct registers *registers, uint32_t spins, uint32_t *random_state);

/* The first that the step saw with other contents, or NULL. */
const char *registers_wrong(const struct registers *registers);

/* At the start of a handler, with its frame's address: what a function may not find. */
const char *registers_wrong_on_entry(const void *frame_address);

#endif
