/* Periods from absolute times; what is not delivered counts as missed. See guest_clock.h.
 */
#include <linux/errno.h>

#include "guest_clock.h"

#define MIN_PERIOD_NS 10000u
#define MAX_TIME_NS   (UINT64_C(0x7fffffff) * 1000000000u)

int guest_clock_set(struct partition *partition, uint64_t first_ns, uint64_t period_ns)
{
	if (!partition->has_clock || first_ns > MAX_TIME_NS || period_ns > MAX_TIME_NS ||
	    (period_ns && period_ns < MIN_PERIOD_NS))
		return -EINVAL;
	partition->clock_is_set = true;
	partition->clock_next_ns = first_ns;
	partition->clock_period_ns = period_ns;
	return 0;
}

/* Returns the number of periods that are over at `now`; sets the next one. */
static uint64_t take_periods(struct partition *partition, uint64_t now)
{
	uint64_t periods;

	if (!partition->clock_period_ns) {
		partition->clock_is_set = false;
		return 1;
	}
	periods = (now - partition->clock_next_ns) / partition->clock_period_ns + 1;
	partition->clock_next_ns += periods * partition->clock_period_ns;
	return periods;
}

void guest_clock_look(struct partition *partition, uint64_t now_ns)
{
	const uint64_t now = now_ns - partition->started_ns;
	uint64_t periods;

	if (!partition->clock_is_set || partition->clock_next_ns > now)
		return;
	periods = take_periods(partition, now);
	if (!(partition->state->pending & 1u << JUMPSLOT_VECTOR_CLOCK))
		periods--;
	partition->state->pending |= 1u << JUMPSLOT_VECTOR_CLOCK;
	partition->state->missed += (uint32_t)periods;
}

uint64_t guest_clock_next(const struct partition *partition)
{
	return partition->clock_is_set ? partition->started_ns + partition->clock_next_ns
				       : GUEST_CLOCK_NEVER;
}
