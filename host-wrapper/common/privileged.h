/*
 * Instructions that are the host's alone: a guest that uses one faults. Told from
 * their bytes by the runner, and named to the user by the launcher.
 * Depends on <stdbool.h> and <stddef.h> and <stdint.h> alone.
 */
#ifndef JUMPSLOT_PRIVILEGED_H
#define JUMPSLOT_PRIVILEGED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PRIVILEGED_NONE UINT32_MAX
#define PRIVILEGED_MAX_SIZE                                                              \
	15 /* bytes of any instruction (Intel SDM, volume 2, 2.3.11) */

/*
 * Which one stands at `code`: a number for the functions below, or PRIVILEGED_NONE.
 * `is_64_bit`: how the processor decodes it. Reads no byte behind the first that
 * decides, and so none that the processor had not to fetch; at most `count`.
 */
uint32_t privileged_find(const uint8_t *code, size_t count, bool is_64_bit);

/* Its name, and what a guest does in its place; "?" for a number that is none. */
const char *privileged_name(uint32_t number);
const char *privileged_instead(uint32_t number);

#endif
