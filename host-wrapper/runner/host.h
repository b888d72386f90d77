/*
 * The functions that a host gives to the runner. A host is a way to run guest code: in
 * this process (process/), in a virtual machine. runner/ calls a host by this header
 * alone, and includes nothing of it; one host is linked. Where a function returns an int
 * and takes a message, that is 0 or a negative errno and a line.
 *
 * main() calls the first five once, in this order.
 */
#ifndef JUMPSLOT_HOST_H
#define JUMPSLOT_HOST_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/message.h"
#include "runner.h"

/* The plan is read; nothing else is there yet. From here on faults are reported. */
int host_start(struct message *message);

/*
 * The guest is loaded and its providers too. Makes its calls possible: binds what is
 * bound before the start, makes whole pages of slots read-only, and maps what the host
 * itself needs. `functions`: the address of each import's function, 0 for none; the host
 * may change them.
 */
int host_prepare(struct runner *runner, uintptr_t *functions, struct message *message);

/* The guest's clock runs. From here on interrupts may be raised. */
int host_start_interrupts(struct message *message);

/* Calls the guest's entry, once. Returns what it returned or host_leave() was given. */
int host_enter(const struct runner *runner);

/* Prints which imports are bound, and which never were. */
void host_print_bound(const struct runner *runner, FILE *out);

/* Addresses and sizes for the start information: the resolver, as the guest calls it;
 * and how many bytes below the stack pointer an interrupt takes at most. */
uintptr_t host_resolver(void);
size_t host_frame_size(void);

/*
 * The rest is for services, on the guest's thread; async-signal-safe.
 *
 * Ends the guest from any depth of its calls: host_enter() returns `status`.
 */
void host_leave(int status) __attribute__((__noreturn__));

/* Sets the guest's fault handler; 0: none. Returns 0, or -ENOTSUP. */
int host_set_fault_handler(uintptr_t handler);

/* How a timer kicks the virtual CPU: the event of its timer_create(). The host raises
 * the clock's vector for each of its periods. */
void host_timer_event(struct sigevent *event);

#endif
