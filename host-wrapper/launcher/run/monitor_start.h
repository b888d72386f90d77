/*
 * --host monitor: from a linked guest to a boot image, and to the end of its machine. The
 * monitor's own part of the launcher's work after the link report.
 */
#ifndef JUMPSLOT_MONITOR_START_H
#define JUMPSLOT_MONITOR_START_H

#include "launcher/link/linked_guest.h"
#include "launcher/options.h"
#include "supervise.h"

/* The monitor's files, beside host-wrapper. */
struct monitor_files {
	const char *kernel;
	const char *runtime; /* for guests of that machine */
};

/* Refuses options that have no meaning for the monitor. Returns 0 or -EINVAL. */
int monitor_check_options(const struct options *options, struct message *message);

/*
 * Writes the boot image if the options say so, and nothing else; `result` is that of a
 * guest that exited with status 0. Otherwise runs the guest in QEMU and fills in
 * `result`. Returns 0 or a negative errno; `object` is set to the file at fault, that of
 * the guest or of a partition library.
 */
int monitor_start(const struct linked_guest *guest, const struct options *options,
		  const struct monitor_files *files, struct run_result *result,
		  const char **object, struct message *message);

#endif
