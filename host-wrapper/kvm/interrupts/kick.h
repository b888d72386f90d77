/* The guest's thread, and the signal that makes it leave the virtual machine. */
#ifndef JUMPSLOT_KVM_KICK_H
#define JUMPSLOT_KVM_KICK_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/message.h"

#define KICK_SIGNAL SIGURG

/* Makes the calling thread the guest's. */
void kick_start(void);

/* From here on the signal stops the machine. Returns 0 or a negative errno. */
int kick_catch(struct message *message);

/* Before a sleep: blocks that signal and the one of gdb's session, so that none comes
 * between a look for what they tell and the sleep. */
void kick_block(sigset_t *old);

/* The event of a timer that kicks. */
void kick_event(struct sigevent *event);

/* The monotonic clock, ns. */
uint64_t kick_monotonic(void);

/* Whether the caller runs on the guest's thread. Async-signal-safe. */
bool kick_is_own_thread(void);

/* Sends a signal to the calling thread. Async-signal-safe. */
void kick_raise(int number);

#endif
