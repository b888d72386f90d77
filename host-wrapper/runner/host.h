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
#include <stdio.h>

#include "common/control.h"
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

/* Shares a trace of the guest with the supervisor, through the file at that descriptor of
 * common/trace.h. After the guest is loaded, before host_prepare(). -1: no trace. */
int host_share_trace(const struct runner *runner, int fd, struct message *message);

/* Carries out a request of the control that concerns calls, and tells the supervisor that
 * it is done. On the thread of the sources. */
void host_control(const struct control_request *request);

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

/* Prints which imports are bound, and which never were. */
void host_print_bound(const struct runner *runner, FILE *out);

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
