/* Fields of struct vcpu in either width. See guest_runtime.h. */
#include "guest_memory.h"
#include "guest_runtime.h"

static uint64_t field(const struct partition *partition, uint32_t offset)
{
	return partition->record->runtime.vcpu + offset;
}

uint64_t guest_runtime_handler(const struct partition *partition)
{
	return guest_memory_word(partition,
				 field(partition, partition->record->runtime.handler));
}

uint64_t guest_runtime_used(const struct partition *partition)
{
	uint64_t used = 0;

	guest_memory_read(partition, &used,
			  field(partition, partition->record->runtime.used),
			  sizeof(used));
	return used;
}

uint64_t guest_runtime_resuming(const struct partition *partition)
{
	return guest_memory_word(partition,
				 field(partition, partition->record->runtime.resuming));
}

void guest_runtime_set_waiting(const struct partition *partition)
{
	const uint32_t waiting = 1;
	const uint64_t at = field(partition, partition->record->runtime.waiting);

	guest_memory_write(partition, at, &waiting, sizeof(waiting));
}

void guest_runtime_count_delivered(const struct partition *partition)
{
	const uint64_t at = field(partition, partition->record->runtime.delivered);
	uint32_t delivered = 0;

	guest_memory_read(partition, &delivered, at, sizeof(delivered));
	delivered++;
	guest_memory_write(partition, at, &delivered, sizeof(delivered));
}
