/*
 * The instructions that a guest must not use, because they need privileges or reach the
 * host's state. The runner recognizes one by its bytes; the launcher prints its name.
 * Depends on <stdbool.h>, <stddef.h> and <stdint.h> alone.
 */
#ifndef JUMPSLOT_PRIVILEGED_H
#define JUMPSLOT_PRIVILEGED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PRIVILEGED_NONE UINT32_MAX
/* Bytes of the longest instruction (Intel SDM, volume 2, 2.3.11). */
#define PRIVILEGED_MAX_SIZE 15

/*
 * Returns a number for the functions below, or PRIVILEGED_NONE, for the instruction at
 * `code`, decoded as the processor does in 32-bit or 64-bit mode. Reads at most `count`
 * bytes and stops at the first that decides, so it never reads past the bytes that the
 * processor itself fetched.
 */
uint32_t privileged_find(const uint8_t *code, size_t count, bool is_64_bit);

/* The instruction's name, and its replacement; "?" for PRIVILEGED_NONE and above. */
const char *privileged_name(uint32_t number);
const char *privileged_instead(uint32_t number);

#endif
