/*
 * The vector and x87 registers of guests: x87, SSE and AVX, whatever else the processor
 * has. So the frame of an interrupt has the same size on every machine. Depends on
 * nothing.
 */
#ifndef JUMPSLOT_MONITOR_XSTATE_H
#define JUMPSLOT_MONITOR_XSTATE_H

#include <stdbool.h>
#include <stdint.h>

/* Bytes of an XSAVE area in the standard format with AVX (Intel SDM, volume 1, 13.4). */
#define XSTATE_SIZE 832

struct xstate {
	uint8_t bytes[XSTATE_SIZE];
} __attribute__((__aligned__(64)));

bool xstate_is_supported(void);
void xstate_start(void);

/* Components that guests have: bits of XCR0. */
uint32_t xstate_components(void);

void xstate_save(struct xstate *to);
void xstate_load(const struct xstate *from);

/* All registers as they are when a function starts. */
void xstate_load_initial(void);
void xstate_make_initial(struct xstate *state);

/* Components of a saved state that are not in their initial state. */
uint32_t xstate_in_use(const struct xstate *state);

#endif
