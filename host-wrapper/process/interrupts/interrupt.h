/*
 * Delivery: how an interrupt gets onto the guest's stack, and the guest back from it.
 * One assembly file an architecture for the way in and out, one C file for its frame.
 *
 * The signal's handler runs on a stack of its own. It writes a frame of ours onto the
 * guest's stack, with all registers, and returns from the signal into the guest's
 * handler; the way back from there is ordinary code, which a signal that comes upon it
 * starts over. So no signal mask and no frame of the kernel's outlives a switch of
 * threads.
 */
#ifndef JUMPSLOT_INTERRUPT_H
#define JUMPSLOT_INTERRUPT_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "common/message.h"
#include "vcpu/interrupt_frame.h"

/* Catches the interrupts' signal, if the guest takes interrupts. 0 or negative errno. */
int interrupt_catch(struct message *message);

/* For assembly, at level 1, when a handler has returned: the vector that the same frame
 * is to be used for, or -1. */
int interrupt_next(struct frame *frame) __attribute__((__visibility__("hidden")));

/* Opens, and sleeps until that time on the monotonic clock, or until a signal came. */
void jumpslot_sleep(const struct timespec *until);

/* In assembly, where a signal's handler finds the guest, or sends it. */
extern const char jumpslot_upcall[];	 /* enters the guest's handler */
extern const char jumpslot_resume[];	 /* back from there; while it is open, a signal */
extern const char jumpslot_resume_end[]; /* up to here starts it over */
extern const char jumpslot_upcall_fault[];
extern const char jumpslot_interrupt_here[]; /* sends itself the signal */
extern const char jumpslot_sleep_open[];     /* from here on a signal ends the sleep, */
extern const char jumpslot_sleep_end[];	     /* which would begin */

#endif
