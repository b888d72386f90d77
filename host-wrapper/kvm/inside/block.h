/*
 * The block of inside.h in this process: its memory, its thunks, and its words. The guest
 * writes the block's data, so the host takes from there what concerns the guest alone.
 */
#ifndef JUMPSLOT_BLOCK_H
#define JUMPSLOT_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/message.h"
#include "inside.h"
#include "kvm/machine/tables_x86.h"
#include "vcpu/vcpu.h"

/* Code, data, thunks. */
#define BLOCK_PARTS 3

/* Maps the block, with room for a thunk for each of `functions` functions. Returns 0 or a
 * negative errno. */
int block_map(size_t functions, struct message *message);

/* Writes a function's thunk: for a trapped call with vector arguments of `vector_bytes`,
 * or for a watched function that runs inside; and its address. */
void block_write_thunk(size_t index, uint32_t vector_bytes);
void block_write_watched_thunk(size_t index);
uintptr_t block_thunk(size_t index);

/* After the last thunk: only the data stays writable. */
int block_protect(struct message *message);

/* Describes the parts, BLOCK_PARTS at most; returns their number. */
size_t block_parts(struct tables_range *ranges);
uintptr_t block_doorbell(void);

/* The header, whose offsets block_address() turns into addresses. */
const struct inside_header *block_header(void);
uintptr_t block_address(uint32_t offset);

/* The address of the inline function `name`; 0: there is none. */
uintptr_t block_inline_function(const char *name);

/* The data that the host sets. */
volatile struct inside_words *block_words(void);
volatile struct vcpu *block_vcpu(void);

/* Whether `pc` is in the return from an interrupt handler; and the OUTCOME_* of a stop at
 * `pc`, or 0. Async-signal-safe. */
bool block_is_returning(uintptr_t pc);
uint32_t block_stop(uintptr_t pc);

/* Whether `pc` is in the block. */
bool block_has(uintptr_t pc);

#endif
