/*
 * The log of the monitor's kernel. An input is the log; it comes in two parts, cut where
 * its first byte says. A line of another form makes the log count as damaged, and
 * only a partition that exists ends.
 */
#include <stdlib.h>

#include "fuzz.h"
#include "launcher/monitor/monitor_log.h"

#define PARTITIONS 2

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct monitor_log log;
	static struct monitor_run run;
	const size_t cut = size ? data[0] % size : 0;

	log = (struct monitor_log){ 0 };
	run = (struct monitor_run){ 0 };
	monitor_log_take(&log, (const char *)data, cut, &run, PARTITIONS);
	monitor_log_take(&log, (const char *)data + cut, size - cut, &run, PARTITIONS);
	for (size_t i = PARTITIONS; i < BOOT_MAX_PARTITIONS; i++)
		if (run.ends[i].has_ended)
			abort();
	for (size_t i = 0; i < PARTITIONS; i++)
		if (run.ends[i].status < 0 || run.ends[i].status > 255)
			abort();
	if (log.length >= sizeof(log.line))
		abort();
	return 0;
}
