/*
 * --host monitor: from linked guests to a boot image, and to the end of its machine. The
 * monitor's own part of the launcher's work after the link report.
 */
#ifndef JUMPSLOT_MONITOR_START_H
#define JUMPSLOT_MONITOR_START_H

#include "launcher/run/supervise.h"
#include "monitor_build.h"
#include "monitor_machine.h"

/* Refuses options that have no meaning for the monitor. Returns 0 or -EINVAL. */
int monitor_check_options(const struct options *options, struct message *message);

/*
 * Writes the boot image if the options say so, and nothing else; then each of `results`
 * is that of a guest that exited with status 0. Otherwise runs the guests in QEMU and
 * fills in `run`, and the results, one for each guest. `kernel`: the path of the
 * monitor's kernel. Returns 0 or a negative errno; `object` is set to the guest or the
 * partition library at fault.
 */
int monitor_start(const struct monitor_guests *guests, const struct options *options,
		  const char *kernel, struct monitor_run *run, struct run_result *results,
		  const char **object, struct message *message);

#endif
