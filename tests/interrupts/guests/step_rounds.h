/*
 * Runs one window of code after another, in rounds with interrupts between any two of its
 * instructions; the driver in step/ raises them. A round begins and ends at level 0. At
 * its end every interrupt has been delivered exactly once.
 */
#ifndef STEP_ROUNDS_H
#define STEP_ROUNDS_H

#include <stdint.h>

struct window {
	const char *name;
	int (*run)(void);      /* 1 if all was right */
	void (*prepare)(void); /* before each round, or NULL */
	int own;	       /* interrupts of OWN_VECTOR that it raises itself */
	int sleeps;	       /* it sleeps until the first interrupt comes */
	int pairs;	       /* number of first places that are tried with a second */
	int triples;	       /* try a third interrupt on the way back from two */
	int opens;	       /* the handler enables interrupts */
};

enum { FIRST_VECTOR = 20, OWN_VECTOR = 40 };

/* Nonzero in a host function, and where the guest must not be interrupted. */
extern volatile int inside, critical;

/* Counts the deliveries of this round. */
extern volatile int delivered;

void rounds_start(uint64_t frame_size);
void rounds_run(const struct window *window);

#endif
