/* See partition.h. */
#include "partition.h"

const struct boot_range *partition_range(const struct partition *partition, uint32_t kind,
					 uint64_t pc)
{
	for (uint32_t i = 0; i < partition->record->ranges.count; i++) {
		const struct boot_range *range = &partition->ranges[i];

		if (range->kind == kind && pc >= range->start && pc < range->end)
			return range;
	}
	return NULL;
}
