/* The provider of trapped_guest.c. */
#define _GNU_SOURCE
#include <jumpslot/provider.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include "trapped.h"

EF(trapped_none)
JUMPSLOT_SYSCALLS(trapped_none, JUMPSLOT_NO_SYSCALLS)
int trapped_none(void)
{
	return 1;
}

EF(trapped_time)
JUMPSLOT_SYSCALLS(trapped_time, JUMPSLOT_NEEDS_STDOUT, JUMPSLOT_NEEDS_CLOCK)
void trapped_time(long count)
{
	static uint64_t last;
	struct timespec now;
	uint64_t time;

	clock_gettime(CLOCK_MONOTONIC, &now);
	time = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	if (count) {
		printf("%.1f\n", (double)(time - last) / (double)count);
		fflush(stdout);
	}
	last = time;
}
