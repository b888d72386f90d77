/*
 * Reports how a runner ended, and decides the exit status.
 */
#ifndef JUMPSLOT_EXIT_REPORT_H
#define JUMPSLOT_EXIT_REPORT_H

#include <stdio.h>

#include "launcher/link/linked_guest.h"
#include "supervise.h"

/* Prints a line unless the runner exited; returns the exit status of host-wrapper. */
int exit_report_print(const struct linked_guest *guest, const struct run_result *result,
		      FILE *out);

#endif
