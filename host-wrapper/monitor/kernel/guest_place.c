/* Looks at a few words of the guest's stack. See guest_place.h. */
#include "guest_memory.h"
#include "guest_place.h"

/* More than the runtime's functions have, and few enough for one path of the kernel. */
#define NEAR_WORDS 32u

/* The first address of code in `count` words. */
static uint64_t find_code(const struct partition *partition, uint64_t at, unsigned count)
{
	for (; count--; at += partition_word(partition)) {
		const uint64_t word = guest_memory_word(partition, at);

		if (guest_memory_has_code(partition, word))
			return word;
	}
	return 0;
}

uint64_t guest_place_caller(const struct partition *partition)
{
	return find_code(partition, partition->registers.sp, 1);
}

uint64_t guest_place_near(const struct partition *partition, uint64_t sp)
{
	return find_code(partition, sp, NEAR_WORDS);
}
