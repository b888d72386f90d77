/*
 * Rounds of one window of code after the other, with interrupts between any two of its
 * instructions, by the grace of the driver in tests/step. A round begins at level 0 and
 * ends so, and then everything that was raised has been delivered, once.
 */
#ifndef STEP_ROUNDS_H
#define STEP_ROUNDS_H

#include <stdint.h>

struct window {
	const char *name;
	int (*run)(void);      /* 1 if all was right */
	void (*prepare)(void); /* before each round, or NULL */
	int own;	       /* so many interrupts it raises itself, of OWN_VECTOR */
	int sleeps;	       /* until the first interrupt comes */
	int pairs;	       /* how many first places of two interrupts are tried */
	int triples;	       /* whether a third one is tried on the way back from two */
	int opens;	       /* the handler lets further interrupts in */
};

enum { FIRST_VECTOR = 20, OWN_VECTOR = 40 };

/* Where host functions count, and what the guest sets where no interrupt may come. */
extern volatile int inside, critical;

/* How many were delivered in this round. */
extern volatile int delivered;

void rounds_start(uint64_t frame_size);
void rounds_run(const struct window *window);

#endif
