/*
 * Reports how a runner ended, and decides the exit status. The supervisor knows status,
 * signal and time-out by itself; everything else is the runner's account, and marked so.
 */
#ifndef JUMPSLOT_EXIT_REPORT_H
#define JUMPSLOT_EXIT_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "launcher/link/needs.h"
#include "launcher/options/options.h"
#include "launcher/trace/stats.h"
#include "supervise.h"

/* The exit status of host-wrapper. */
int exit_report_status(const struct linked_guest *guest, const struct run_result *result);

/* Whether the user has asked for the end, by a time-out or a signal. */
bool exit_report_was_asked_for(const struct run_result *result);

/* Prints lines unless the guest ended by itself. */
void exit_report_print(const struct linked_guest *guest, const struct run_result *result,
		       FILE *out);

/* Prints a line for the first wrong use of a port, and for the end of a partition that
 * exited or was halted. */
void exit_report_ports(const struct linked_guest *guest, const struct run_result *result,
		       FILE *out);
void exit_report_partition(const struct linked_guest *guest,
			   const struct run_result *result, bool is_halted, FILE *out);

/* A run, as the reports in JSON describe it. */
struct exit_report_run {
	const struct linked_guest *guest; /* its machine is NULL if it was not read */
	const struct needs *needs;
	enum sandbox_mode sandbox;
	bool in_machine;	   /* and not in a process of its own */
	const struct stats *stats; /* without functions: none */
	const uint32_t *used;	   /* as report_json_standbys() has it */
};

/* Prints the member "refusal", after others. `by`: who refused; NULL: nobody. `object`:
 * what the reason is about; NULL: the whole run. */
void exit_report_json_refusal(const char *by, const char *object,
			      const struct message *reason, FILE *out);

/* Prints one JSON object, in one line, for every end of a guest that host-wrapper could
 * start. */
void exit_report_json(const struct exit_report_run *run, const struct run_result *result,
		      FILE *out);

/* Prints the same object for a guest that host-wrapper does not start. `object`: what the
 * reason is about; NULL: the whole run. */
void exit_report_json_refused(const struct exit_report_run *run, int status,
			      const char *object, const struct message *reason,
			      FILE *out);

/* Whether the guest has not started: the runner's word, which a hostile guest may give,
 * too. */
bool exit_report_has_refused(const struct run_result *result);

/* Whether the runner's process exited, but not by the guest's end. The runner's word. */
bool exit_report_is_host_exit(const struct run_result *result);

/* The provider that ended the runner while it was loaded; NULL: none did. */
const struct provider_file *exit_report_provider(const struct linked_guest *guest,
						 const struct run_result *result);

#endif
