/*
 * The protocol between a guest and the driver that traces it. The guest executes INT3
 * with a mark in EAX and the address of its struct step_control in ECX. The guest makes
 * all decisions and all checks. The same on every architecture; depends on <stdint.h>
 * alone.
 *
 * A round lasts from STEP_BEGIN to STEP_END. The places between two of its instructions
 * are numbered. A recording round counts them; in the next rounds the driver can raise an
 * interrupt at each of them.
 */
#ifndef STEP_PROTOCOL_H
#define STEP_PROTOCOL_H

#include <stdint.h>

#define STEP_RAISES 3

enum step_mark {
	STEP_BEGIN = 1,
	STEP_END,
	STEP_WRONG, /* `wrong` describes an error of the previous round */
};

struct step_control {
	/* The guest writes these. */
	uint64_t pending;	      /* address of the virtual CPU's pending vectors */
	uint32_t vector[STEP_RAISES]; /* raised in this order */
	uint32_t place[STEP_RAISES];  /* of each; counted from the previous one */
	uint32_t raises;	      /* number of interrupts in this round */
	uint32_t record; /* the places after them become those of the next interrupt */
	uint32_t sleeps; /* the guest waits for an interrupt */
	/* The driver writes these, at the end of the round. */
	uint32_t places;	      /* number of recorded places */
	uint32_t raised[STEP_RAISES]; /* 0: it was pending already */
	uint32_t missed; /* the round took another path than the recorded one */
	/* The resolver's code, where nothing may be delivered. */
	uint64_t resolver_start, resolver_end;
	/* The guest writes these. */
	char window[40];
	char wrong[88];
};
_Static_assert(sizeof(struct step_control) == 208, "the same for each architecture");

#endif
