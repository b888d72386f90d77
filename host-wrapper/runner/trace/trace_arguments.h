/* The arguments of a traced call, at the places that the plan names. */
#ifndef JUMPSLOT_TRACE_ARGUMENTS_H
#define JUMPSLOT_TRACE_ARGUMENTS_H

#include "trace_call.h"
#include "trace_ring.h"

/* Appends the arguments to the record of the call, and the texts that they lead to. */
void trace_arguments_add(struct trace_entry *entry, const struct trace_frame *frame);

/* The bytes of arguments to copy: not past the end of the guest's memory, as the plan has
 * an upper bound. */
uintptr_t trace_arguments_size(const struct trace_frame *frame);

#endif
