/*
 * What the guest and the driver that traces it tell each other. The guest executes INT3
 * with a mark in EAX and the address of its struct step_control in ECX; all policy, and
 * all that is checked, is the guest's. The same on every architecture; depends on
 * <stdint.h> alone.
 *
 * A round is what the guest does from STEP_BEGIN to STEP_END. The places between two of
 * its instructions are numbered; a round that records tells how many there are, and in
 * those that follow an interrupt can be raised at any of them.
 */
#ifndef STEP_PROTOCOL_H
#define STEP_PROTOCOL_H

#include <stdint.h>

#define STEP_RAISES 3

enum step_mark {
	STEP_BEGIN = 1,
	STEP_END,
	STEP_WRONG, /* `wrong` says what was in the round before */
};

struct step_control {
	/* The guest's. */
	uint64_t pending;	      /* address of the virtual CPU's pending vectors */
	uint32_t vector[STEP_RAISES]; /* raised in this order, */
	uint32_t place[STEP_RAISES];  /* the first at that place, each next one at that */
	uint32_t raises;	      /* behind it; so many of them in this round */
	uint32_t record; /* what is behind them becomes the next one's places */
	uint32_t sleeps; /* whether it waits for an interrupt */
	/* The driver's, at the end of the round. */
	uint32_t places;	      /* how many were recorded */
	uint32_t raised[STEP_RAISES]; /* 0: it was pending already */
	uint32_t missed;	      /* the round went another way than was recorded */
	/* The resolver's code, in which nothing may be delivered. */
	uint64_t resolver_start, resolver_end;
	/* The guest's. */
	char window[40];
	char wrong[88];
};
_Static_assert(sizeof(struct step_control) == 208, "the same for each architecture");

#endif
