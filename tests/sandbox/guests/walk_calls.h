/* The ways of one machine to make a system call with the same value in all arguments. */
#ifndef WALK_CALLS_H
#define WALK_CALLS_H

#include "walk.h"

/* Makes the call; its result does not matter. */
typedef void make_call(long number, long argument);

struct way {
	const char *name;
	make_call *make;
};

extern const struct way walk_ways[];
extern struct walk_record *walk_record_of;

/* Calls that would end the walk. */
extern const int walk_left_out[];

#endif
