/*
 * The report of a run's end, on a standard error that nobody may read any more: it is
 * closed, or a pipe that stays full. Depends on nothing.
 */
#ifndef JUMPSLOT_LAST_REPORT_H
#define JUMPSLOT_LAST_REPORT_H

#include <stdbool.h>

/* From here on, a closed standard error does not end this process. */
void last_report_outlive_reader(void);

/*
 * Call once, just before the report: does that, too. `ends_soon`: the user has asked for
 * the end of the run; if the report is not written after five seconds, the process exits
 * with `status`. Everything else that is due at the end must be done before.
 */
void last_report_begin(int status, bool ends_soon);

#endif
