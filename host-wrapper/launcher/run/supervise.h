/*
 * The supervisor: starts the runner, waits for its end, starts another if the guest
 * restarts, and returns how the last one ended. It maps nothing of the guest, and ends
 * every process that the guest left.
 */
#ifndef JUMPSLOT_SUPERVISE_H
#define JUMPSLOT_SUPERVISE_H

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

#include "common/message.h"
#include "common/outcome.h"
#include "backtrace.h"
#include "control.h"
#include "guest_processes.h"
#include "irq_lines.h"
#include "launcher/scan/imports.h"
#include "launcher/trace/trace.h"

/* A runner to start. */
struct run {
	const char *runner; /* paths of the programs */
	const char *backtrace;
	int plan; /* descriptors that it inherits */
	int guest;
	int errors; /* descriptor that becomes its standard error; 0: as it is */
	const sigset_t *mask; /* its signal mask; NULL: the one of this process */
	const struct import_table *imports; /* of the guest */
	uint64_t work_area_size;
	uint64_t timeout_ns; /* 0: none */
	bool raw;	     /* put the terminal on standard input in raw mode */
	bool strict;	     /* refuse to run without a PID namespace */
	FILE *shown;	     /* where to print the virtual CPU on SIGUSR2 */
	int gdb;	     /* descriptor of gdb's connection; 0: none */
	struct control *control;
	struct trace *trace;	 /* NULL: none */
	struct irq_lines *lines; /* whose files are removed at the end */
};

/* The end of the last runner. */
struct run_result {
	int status;			  /* as waitpid() gives it */
	bool timed_out;			  /* then `status` is that of SIGKILL */
	struct guest_processes processes; /* the layer that was in force */
	struct outcome outcome;		  /* as the runner left it; not trusted */
	struct outcome_ports ports; /* of all runners together: the first; not trusted */
	struct backtrace backtrace; /* from that, and the guest's file */
	uint64_t end_ns;	    /* its time, CLOCK_MONOTONIC */
	const char *fault;	    /* for a trace: how it ended; NULL: it exited */
	struct message refusal; /* the runner's reason for OUTCOME_REFUSED; not trusted */
};

/* Starts the runner, again for each restart of the guest, and waits for its end. Returns
 * 0 or a negative errno. */
int supervise(const struct run *run, struct run_result *result, struct message *message);

/* Becomes the runner; returns only if that fails: a negative errno. */
int run_in_place(const struct run *run, struct message *message);

#endif
