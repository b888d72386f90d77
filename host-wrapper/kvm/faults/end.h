/*
 * The end of a guest that went wrong: the outcome for the supervisor, and the signal that
 * ends the runner.
 */
#ifndef JUMPSLOT_END_H
#define JUMPSLOT_END_H

#include <stdbool.h>
#include <stdint.h>

#include "common/message.h"
#include "common/outcome.h"
#include "vcpu/registers.h"

struct end_cause {
	uint32_t kind;	  /* OUTCOME_* */
	uint32_t detail;  /* as `kind` says */
	uint32_t handler; /* OUTCOME_HANDLER_* */
	int signal;
	int code;	   /* its si_code */
	uintptr_t pc;	   /* 0: that of the registers */
	uintptr_t address; /* as `kind` says */
	uintptr_t jumped_from;
	bool is_access;			   /* as in struct outcome */
	const struct registers *registers; /* NULL: the guest's */
};

/* Ends the guest; does not return. Async-signal-safe. */
void end_by(const struct end_cause *cause) __attribute__((__noreturn__));

/* The same for a doorbell that no code of the host rang: `address` is its argument. */
void end_by_doorbell(uintptr_t address) __attribute__((__noreturn__));

/* Ends the runner with a line, as the host itself failed. */
void end_failed(const struct message *message) __attribute__((__noreturn__));

#endif
