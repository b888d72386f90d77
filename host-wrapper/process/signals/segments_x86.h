/*
 * The segment registers, which belong to the host: libc finds its thread by FS or GS, and
 * a guest can change them without a fault. A signal's handler restores them before it
 * does anything else. One file per architecture; its functions call nothing and need no
 * thread.
 */
#ifndef JUMPSLOT_SEGMENTS_X86_H
#define JUMPSLOT_SEGMENTS_X86_H

#include "common/outcome.h"

/* For functions that run before segments_restore(). */
#define WITHOUT_SEGMENTS                                                                 \
	__attribute__((__no_stack_protector__, __no_sanitize__("address"), __noinline__))

/* Saves the host's values. On the guest's thread, before the guest starts. */
void segments_start(void);

/*
 * In a signal's handler on the guest's thread: restores the host's values, in the handler
 * and in `context`. Returns the registers that the guest had changed (OUTCOME_FS, ...).
 */
uint32_t segments_restore(void *context) WITHOUT_SEGMENTS;

#endif
