/*
 * A session with gdb, by its remote protocol: the guest stops, and gdb's commands are
 * carried out until one makes it go on. Without `--gdb`, all functions do nothing. For
 * the guest's thread.
 */
#ifndef JUMPSLOT_GDB_SESSION_H
#define JUMPSLOT_GDB_SESSION_H

#include <stdbool.h>

#include "common/message.h"
#include "common/plan.h"

/* Takes the connection that the launcher accepted. Returns 0 or a negative errno. */
int session_open(const struct plan *plan, struct message *message);

/* The connection's descriptor; -1: there is none. */
int session_descriptor(void);

/* Stops the guest before its first instruction. */
void session_begin(void);

/* Before each entry of the machine. Returns whether no interrupt may be delivered, since
 * gdb wants the guest to stop, or to make one step. */
bool session_look(void);

/* Whether gdb sent something while the guest ran, for which session_kicked() looks. */
bool session_has_input(void);

/* After the machine was kicked: stops the guest if gdb asked for it. */
void session_kicked(void);

/*
 * After an exception of guest code, with its vector. The registers are set as they were
 * at that exception, without the flag of a step. Returns whether the guest goes on there,
 * or else the fault takes its course.
 */
bool session_faulted(int signal, unsigned vector);

/* Whether gdb has the guest make one step: its flags have TF then, which causes an
 * exception after an instruction. */
bool session_is_stepping(void);

/* The guest has ended, with a status or by a signal. Async-signal-safe. */
void session_exited(int status);
void session_killed(int signal);

#endif
