/* The provider of latency_guest.c. Options: PERIOD-NS,COUNT. */
#include <jumpslot/provider.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include "latency.h"

static uint64_t period, count;

int jumpslot_provider_init(const char *options, char *message, size_t size)
{
	if (sscanf(options, "%" SCNu64 ",%" SCNu64, &period, &count) == 2)
		return 0;
	snprintf(message, size, "options are PERIOD-NS,COUNT");
	return -EINVAL;
}

JUMPSLOT_SYSCALLS_ALWAYS(JUMPSLOT_NO_SYSCALLS)

EF(latency_period)
uint64_t latency_period(void)
{
	return period;
}

EF(latency_count)
uint64_t latency_count(void)
{
	return count;
}

EF(latency_print)
JUMPSLOT_SYSCALLS(latency_print, JUMPSLOT_NEEDS_STDOUT)
void latency_print(const uint64_t *late, size_t found)
{
	for (size_t i = 0; i < found; i++)
		printf("%" PRIu64 "\n", late[i]);
	fflush(stdout);
}
