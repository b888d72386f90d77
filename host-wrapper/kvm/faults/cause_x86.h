/* The meaning of an exception: the signal that Linux would raise, and the kind of fault.
 */
#ifndef JUMPSLOT_CAUSE_X86_H
#define JUMPSLOT_CAUSE_X86_H

#include <stdbool.h>

#include "end.h"
#include "kvm/machine/tables_x86.h"

/* Fills in kind, signal, code and address. */
void cause_find(struct end_cause *cause, const struct tables_exception *exception);

/* The JUMPSLOT_FAULT_* for the guest's handler. */
uint32_t cause_kind(const struct end_cause *cause);

/* Whether `address` is one that was accessed. */
bool cause_has_address(const struct end_cause *cause);

#endif
