/*
 * Faults of the guest: those that it does not handle itself. What the signal says is left
 * for the supervisor, which makes a line of it, and then the signal takes its course.
 */
#ifndef JUMPSLOT_FAULTS_H
#define JUMPSLOT_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/message.h"
#include "common/outcome.h"
#include "process/signals/segments_x86.h"

/* Catches fault signals, on a stack of their own. Returns 0 or a negative errno. */
int faults_catch(struct message *message);

/*
 * Ends the guest as by a fault where `context` was interrupted, with an outcome of that
 * kind; `number` is what it says of `import`. Does not return. Async-signal-safe.
 */
void faults_end(uint32_t kind, uint32_t number, const void *context);

/* Whether `here` is on the stack of all signal handlers, which only the guest's thread
 * has. */
bool faults_on_stack(const void *here) WITHOUT_SEGMENTS;

#endif
