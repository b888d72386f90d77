/* The guest's clock inside the virtual machine: the processor's time stamp counter, from
 * the last time that the host wrote. It runs in the guest's place, without an exit. */
#include <stdbool.h>
#include <stdint.h>

#include <jumpslot/provider.h>
#include <jumpslot/virt_bsp.h>

#include "doorbell.h"
#include "inside.h"
#include "ring.h"

static uint64_t ask_host(uint64_t counter)
{
	struct inside_clock_read read = { .counter = counter };

	RING(DOORBELL_CLOCK_READ, &read);
	return read.now;
}

uint64_t _BSP_Virtual_Clock_read(void)
{
	const volatile struct inside_clock *clock = &inside_words.clock;
	uint64_t counter, since, now;
	uint32_t written;
	bool is_valid;

	/* The host writes between any two instructions, and at no other time. */
	do {
		written = clock->written;
		counter = __builtin_ia32_rdtsc();
		since = counter - clock->counter;
		is_valid = since < clock->valid_for;
		now = clock->now + (since * clock->rate >> INSIDE_RATE_SHIFT);
	} while (clock->written != written);
	return is_valid ? now : ask_host(counter);
}
