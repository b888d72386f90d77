/*
 * Reports how a runner ended, and decides the exit status. The supervisor knows status,
 * signal and time-out by itself; everything else is the runner's account, and marked so.
 */
#ifndef JUMPSLOT_EXIT_REPORT_H
#define JUMPSLOT_EXIT_REPORT_H

#include <stdio.h>

#include "launcher/link/linked_guest.h"
#include "launcher/options.h"
#include "supervise.h"

/* The exit status of host-wrapper. */
int exit_report_status(const struct linked_guest *guest, const struct run_result *result);

/* Prints lines unless the runner exited. */
void exit_report_print(const struct linked_guest *guest, const struct run_result *result,
		       FILE *out);

/* Prints one JSON object, in one line, for every end. */
void exit_report_json(const struct linked_guest *guest, const struct run_result *result,
		      enum sandbox_mode sandbox, FILE *out);

/* The provider that ended the runner while it was loaded; NULL: none did. */
const struct provider_file *exit_report_provider(const struct linked_guest *guest,
						 const struct run_result *result);

#endif
