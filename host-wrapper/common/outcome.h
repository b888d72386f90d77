/*
 * What a dying runner tells its supervisor: one page that both map. The runner's
 * signal handler fills it in; the supervisor trusts none of it, as the guest could have
 * written there: it prints numbers and looks names up by checked indices.
 * Depends on <stdint.h> alone.
 */
#ifndef JUMPSLOT_OUTCOME_H
#define JUMPSLOT_OUTCOME_H

#include <stdint.h>

enum outcome_kind {
	OUTCOME_NONE,
	OUTCOME_SIGNAL,	    /* a fault at `pc` */
	OUTCOME_UNPROVIDED, /* import `import` was called from `pc`: nobody has it */
	OUTCOME_BAD_ENTRY,  /* the resolver was given `address`, no table entry */
	OUTCOME_FILE_CUT,   /* the guest's file ends before `address` by now */
};

struct outcome {
	uint32_t kind;
	int32_t signal;
	int32_t code; /* siginfo's si_code */
	uint32_t import;
	uint64_t pc;
	uint64_t address; /* that was accessed, or the resolver's argument */
	uint64_t base;	  /* what was added to the image's addresses */
	uint64_t stack_low;   /* where the initial stack ends */
	uint64_t stack_guard; /* and how many bytes below it stay unmapped */
};

#endif
