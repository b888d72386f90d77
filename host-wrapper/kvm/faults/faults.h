/* Exceptions of guest code: its own handler gets them, or they end the guest. */
#ifndef JUMPSLOT_KVM_FAULTS_H
#define JUMPSLOT_KVM_FAULTS_H

#include <stdint.h>

#include "common/message.h"
#include "runner/runner.h"

/* Maps the stack for faults, if the guest may set a handler. Returns 0 or a negative
 * errno. */
int faults_prepare(struct runner *runner, struct message *message);

/* Serves an exception, after which the machine has halted. */
void faults_serve(void);

/* The kernel cannot give the machine a page of the guest's memory. */
void faults_no_memory(void) __attribute__((__noreturn__));

/* The doorbell: the guest's handler has returned, at that stack pointer. */
void faults_decide(uintptr_t sp);

#endif
