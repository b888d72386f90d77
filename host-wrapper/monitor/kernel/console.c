/* Output in portions, input byte by byte. See console.h. */
#include <linux/errno.h>

#include "console.h"
#include "console_lines.h"
#include "guest_memory.h"
#include "interrupts.h"

static bool has_input(const struct partition *partition)
{
	return partition->record->options & BOOT_CONSOLE_INPUT;
}

/* A single partition prints its bytes as they are. */
static bool has_neighbours(const struct partition *partition)
{
	return partition->image->partitions.count > 1;
}

/* Returns how many bytes the line has taken. */
static int put_portion(enum uart line, const char *portion, uint64_t count)
{
	uint64_t done = 0;
	unsigned room;

	while (done < count && (room = uart_room(line)))
		for (; room && done < count; room--)
			uart_put(line, portion[done++]);
	return (int)done;
}

int console_put(const struct partition *partition, enum uart line, uint64_t bytes,
		uint64_t count)
{
	char portion[UART_QUEUE];

	if (count > sizeof(portion))
		count = sizeof(portion);
	if (!guest_memory_read(partition, portion, bytes, count))
		return -EFAULT;
	if (has_neighbours(partition))
		return (int)console_lines_put(partition, line, portion, count);
	return put_portion(line, portion, count);
}

int console_get(struct partition *partition)
{
	const int byte = has_input(partition) ? uart_get() : -1;

	if (byte < 0 && has_input(partition) && partition->watches_console)
		uart_watch(true);
	if (byte < 0 && has_input(partition) && has_neighbours(partition))
		console_lines_show(partition, UART_CONSOLE);
	return byte;
}

void console_watch(struct partition *partition)
{
	partition->watches_console = true;
	if (has_input(partition))
		uart_watch(true);
}

/* Until the guest has read everything, the line would interrupt again and again. */
void console_input(struct partition *partition)
{
	if (!has_input(partition))
		return;
	uart_watch(false);
	if (partition->watches_console && partition->phase == PARTITION_RUNNING)
		interrupts_raise(partition, JUMPSLOT_VECTOR_CONSOLE);
}
