/* Fills all registers with random contents, and reports which of them changed. */
#ifndef INTERRUPTS_REGISTERS_CHECK_H
#define INTERRUPTS_REGISTERS_CHECK_H

#include "interrupts_registers.h"

/* Returns the vector registers of this processor: LEVEL_*. */
uint32_t registers_level(void);

/* Prepares the next step, which spins that many times. */
void registers_fill(struct registers *registers, uint32_t spins, uint32_t *random_state);

/* Returns the name of the first register that changed during the step, or NULL. */
const char *registers_wrong(const struct registers *registers);

/* At the start of a handler, with its frame's address: returns the name of a register
 * whose value a function must not start with, or NULL. */
const char *registers_wrong_on_entry(const void *frame_address);

#endif
