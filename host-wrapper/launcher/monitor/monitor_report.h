/*
 * Prints how the partitions of a model ended, and the events of the health monitor: the
 * kernel's words. Depends on monitor_build.h and monitor_machine.h.
 */
#ifndef JUMPSLOT_MONITOR_REPORT_H
#define JUMPSLOT_MONITOR_REPORT_H

#include <stdio.h>

#include "monitor_build.h"
#include "monitor_machine.h"

/* One line for each event, in the order of time; none without a model. */
void monitor_report_health(const struct monitor_guests *guests,
			   const struct monitor_run *run, FILE *out);

/* Prints the members "events" and "lost_events", after others. `guests`: NULL if nothing
 * has run. */
void monitor_report_events_json(const struct monitor_guests *guests,
				const struct monitor_run *run, FILE *out);

/* One line for a partition that has ended without a fault. */
void monitor_report_end(const struct monitor_guest *guest, const struct monitor_end *end,
			FILE *out);

#endif
