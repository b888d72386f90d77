/* Looks at a few words of the guest's stack. See guest_place.h. */
#include "guest_memory.h"
#include "guest_place.h"
#include "memory_bytes.h"

/* As many as the runtime's functions have, and few enough for one path of the kernel. */
#define NEAR_WORDS 32u
/* Addresses between two pieces of code that are looked up in the map of the guest. */
#define LOOKS 4u

/* The first address of code in `count` words. */
static uint64_t find_code(const struct partition *partition, uint64_t at, unsigned count)
{
	const uint64_t size = partition_word(partition);
	const uint64_t bytes = guest_memory_readable(partition, at, count * size);
	char copy[NEAR_WORDS * sizeof(uint64_t)];
	unsigned looks = LOOKS;

	guest_memory_read(partition, copy, at, bytes);
	for (uint64_t done = 0; done + size <= bytes; done += size) {
		uint64_t word = 0;

		memcpy(&word, copy + done, size);
		if (word < partition->code_start || word >= partition->code_end)
			continue;
		if (guest_memory_has_code(partition, word))
			return word;
		if (!--looks)
			break;
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
