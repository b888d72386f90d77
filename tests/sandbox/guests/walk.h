/* The record that the walk's provider keeps of refused system calls. */
#ifndef WALK_H
#define WALK_H

#include <stdint.h>
#include <jumpslot/external_func.h>

struct walk_record {
	volatile unsigned refused; /* calls */
	volatile int number;	   /* of the last one */
	volatile uintptr_t resume; /* where to go on after one; 0: after the call */
	volatile uintptr_t sp;
};

EXTERNAL_FUNC(struct walk_record *, walk_record)

#endif
