/*
 * The segment registers that are the host's: libc finds its thread by one of them, and a
 * guest can change them without a fault. A signal's handler puts them back before it does
 * anything else. One file an architecture; these call nothing, and need no thread.
 */
#ifndef JUMPSLOT_SEGMENTS_H
#define JUMPSLOT_SEGMENTS_H

#include "common/outcome.h"

/* For functions that run before they are put back. */
#define WITHOUT_SEGMENTS                                                                 \
	__attribute__((__no_stack_protector__, __no_sanitize__("address"), __noinline__))

/* On the guest's thread, before the guest's start: they are the host's now. */
void segments_start(void);

/*
 * In a signal's handler on the guest's thread: makes them the host's again, here and
 * where `context` goes on. Returns which were not: OUTCOME_FS and so on, or 0.
 */
uint32_t segments_restore(void *context) WITHOUT_SEGMENTS;

#endif
