/*
 * The runner's account of a fault, after the first line of the report: registers, the
 * last external function, and a backtrace. All of it is the runner's word, which a
 * hostile guest can change.
 */
#ifndef JUMPSLOT_FAULT_ACCOUNT_H
#define JUMPSLOT_FAULT_ACCOUNT_H

#include <stdio.h>

#include "launcher/link/linked_guest.h"
#include "supervise.h"

/* Prints indented lines, which mark the first line as the runner's account; nothing if
 * the runner has left none. */
void fault_account_print(const struct linked_guest *guest,
			 const struct run_result *result, FILE *out);

/* The registers that the guest's machine has, in the order of reports. */
struct fault_account_register {
	const char *name;
	uint64_t value;
};
#define FAULT_ACCOUNT_REGISTERS 18

/* Returns their number; 0: the runner has left none. */
size_t fault_account_registers(const struct linked_guest *guest,
			       const struct outcome *outcome,
			       struct fault_account_register *registers);

#endif
