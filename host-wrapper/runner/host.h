/*
 * The functions that a host gives to the runner. A host is a way to run guest code: in
 * this process (process/), or in a virtual machine. The runner knows its host by this
 * header alone. Functions that take a message return 0, or a negative errno and a line.
 */
#ifndef JUMPSLOT_HOST_H
#define JUMPSLOT_HOST_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include "common/message.h"
#include "runner.h"

/* Takes over the signals of the process: from here on faults are reported. Only the plan
 * has been read. */
int host_start(struct message *message);

/*
 * Makes the guest's calls possible, after guest and providers are loaded: binds the slots
 * that are bound before the start, makes whole pages of slots read-only, and maps memory
 * of its own. `functions`: the address of each import's function, 0 if it is missing; the
 * host may change them.
 */
int host_prepare(struct runner *runner, uintptr_t *functions, struct message *message);

/* Shows debuggers the guest's symbols. `file` is the guest's, after it was loaded. */
void host_show_debugger(const struct runner *runner, int file);

/* The address to which the slot of a watched import leads while its calls have to be
 * traced, counted or decided by a policy. `index`: see trace_functions(). Also on the
 * thread of the sources. */
uintptr_t host_watched_target(size_t index);

/* Descriptors that the host uses while the guest runs, for the sandbox; -1: none. */
struct host_descriptors {
	int vcpu; /* of the kvm host's processor */
	int gdb;  /* of gdb's connection */
};
struct host_descriptors host_descriptors(void);

/* Starts the virtual CPU: from here on interrupts may be raised. The guest's clock runs.
 */
int host_start_interrupts(struct message *message);

/* Calls the guest's entry, once. Returns what it returned or host_leave() was given. */
int host_enter(const struct runner *runner);

/* For the start information: the address of the resolver, as the guest calls it; and the
 * bytes below the stack pointer that an interrupt takes at most. */
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

/* The shortest period of the guest's clock, ns, that leaves the guest time to run. */
uint64_t host_shortest_period(void);

/* Fills in the event with which a timer kicks the virtual CPU, for timer_create(). The
 * host raises the clock's vector for each period. */
void host_timer_event(struct sigevent *event);

#endif
