/* The ends of channels, their checks, and pieces of messages. See ports.h. */
#include <linux/errno.h>

#include <jumpslot/ports.h>
#include "common/channel.h"
#include "common/outcome.h"
#include "ending.h"
#include "guest_memory.h"
#include "interrupts.h"
#include "memory_bytes.h"
#include "monitor/calls.h"
#include "pages.h"
#include "ports.h"
#include "schedule.h"
#include "signals_guest.h"

static struct {
	const struct boot_image *image;
	struct channel ends[BOOT_MAX_ENDS];
	uint32_t reading[BOOT_MAX_ENDS]; /* sampling: position of the message */
	uint32_t sorted[BOOT_MAX_ENDS];	 /* by partition and name */
} the;

static const struct boot_end *record_of(uint32_t end)
{
	return &boot_ends(the.image)[end];
}

static const struct boot_channel *channel_of(uint32_t end)
{
	return &boot_channels(the.image)[record_of(end)->channel];
}

static struct channel_shape shape_of(const struct boot_channel *channel)
{
	return (struct channel_shape){
		.kind = channel->kind,
		.size = channel->size,
		.depth = channel->depth,
		.refresh_ns = channel->refresh_ns,
	};
}

/* Below 0, 0 or above 0, as memcmp(). */
static int compare(uint32_t partition, const char *name, uint32_t end)
{
	const struct boot_end *record = record_of(end);

	if (partition != record->partition)
		return partition < record->partition ? -1 : 1;
	return memcmp(name, record->port, BOOT_NAME);
}

/* The place in `sorted`, of the first `count`, at which such an end is or belongs. */
static uint32_t place_of(uint32_t partition, const char *name, uint32_t count)
{
	uint32_t low = 0, high = count;

	while (low < high) {
		const uint32_t middle = (low + high) / 2;

		if (compare(partition, name, the.sorted[middle]) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* So that a call finds a port in a few steps, however many there are. */
static void sort_ends(void)
{
	for (uint32_t i = 0; i < the.image->ends.count; i++) {
		const uint32_t place =
			place_of(record_of(i)->partition, record_of(i)->port, i);

		for (uint32_t j = i; j > place; j--)
			the.sorted[j] = the.sorted[j - 1];
		the.sorted[place] = i;
	}
}

/* Zeros, so that a partition which publishes a message that it has not written shows
 * only its own earlier bytes. */
static bool create(const struct boot_channel *channel)
{
	const struct channel_shape shape = shape_of(channel);
	const uint64_t size = channel_memory_size(&shape);
	const uint64_t pages = (size + BOOT_PAGE - 1) / BOOT_PAGE;
	const uint64_t physical = pages_allocate(pages);

	if (!physical)
		return false;
	memset(pages_window(physical), 0, pages * BOOT_PAGE);
	for (uint32_t i = 0; i < channel->ends.count; i++) {
		const uint32_t end = channel->ends.first + i;

		channel_attach(&the.ends[end], &shape, pages_window(physical),
			       (enum channel_direction)record_of(end)->direction);
	}
	return true;
}

bool ports_create(const struct boot_image *image)
{
	the.image = image;
	sort_ends();
	for (uint64_t i = 0; i < image->channels.count; i++)
		if (!create(&boot_channels(image)[i]))
			return false;
	return true;
}

/* Reports an error of the partition, which may end or restart by it. */
static int64_t report(const struct ports_call *call, int64_t error)
{
	const struct ending_cause cause = {
		.kind = OUTCOME_SIGNAL,
		.signal = GUEST_SIGSEGV,
		.code = CODE_KERNEL,
		.error = BOOT_ERROR_PORT,
		.pc = call->pc,
	};

	ending_fault(call->partition, &cause);
	return error;
}

/* Copies a name of at most BOOT_NAME - 1 bytes, with zeros to the end. Returns 0, -EFAULT
 * or -ENOENT: it is longer than every name. */
static int read_name(const struct ports_call *call, char *name)
{
	uint64_t length =
		guest_memory_readable(call->partition, call->address, BOOT_NAME);

	if (!guest_memory_read(call->partition, name, call->address, length))
		return -EFAULT;
	for (uint64_t i = 0; i < length; i++)
		if (!name[i]) {
			memset(name + i, 0, BOOT_NAME - i);
			return 0;
		}
	return length == BOOT_NAME ? -ENOENT : -EFAULT;
}

int64_t ports_open(const struct ports_call *call, uint32_t direction)
{
	char name[BOOT_NAME];
	const uint32_t number = call->partition->number;
	const uint32_t count = (uint32_t)the.image->ends.count;
	const int error =
		direction < CHANNEL_DIRECTIONS ? read_name(call, name) : -EINVAL;
	uint32_t place;

	if (error)
		return error == -ENOENT ? report(call, error) : error;
	place = place_of(number, name, count);
	if (place == count || compare(number, name, the.sorted[place]))
		return report(call, -ENOENT);
	if (record_of(the.sorted[place])->direction != direction)
		return report(call, -EPERM);
	return the.sorted[place];
}

static bool is_own(const struct partition *partition, uint32_t port)
{
	return port < the.image->ends.count &&
	       record_of(port)->partition == partition->number;
}

/* Whether the partition may use the port so. */
static int64_t check(const struct ports_call *call, enum channel_direction direction)
{
	const bool queues = call->span & MONITOR_SPAN_QUEUING;

	if (!is_own(call->partition, call->port))
		return -EBADF;
	if (record_of(call->port)->direction != direction)
		return report(call, -EPERM);
	return (channel_of(call->port)->kind == CHANNEL_QUEUING) == queues ? 0 : -EINVAL;
}

static void raise(uint32_t end)
{
	const struct boot_end *record = record_of(end);

	if (record->vector)
		interrupts_raise(schedule_partition(record->partition), record->vector);
}

/* At the other ends. */
static void raise_others(uint32_t end)
{
	const struct boot_span *ends = &channel_of(end)->ends;

	for (uint32_t i = ends->first; i < ends->first + ends->count; i++)
		if (record_of(i)->direction != record_of(end)->direction)
			raise(i);
}

static uint32_t piece(uint32_t offset, uint32_t size)
{
	const uint32_t rest = size - offset;

	return rest < MONITOR_PORT_PIECE ? rest : MONITOR_PORT_PIECE;
}

int64_t ports_put(const struct ports_call *call)
{
	const uint32_t offset = MONITOR_SPAN_OFFSET(call->span);
	const uint32_t size = MONITOR_SPAN_SIZE(call->span);
	struct channel_copy copy;
	int64_t error = check(call, CHANNEL_SOURCE);
	struct channel *channel;
	uint32_t count;

	if (error)
		return error;
	channel = &the.ends[call->port];
	error = channel_put_begin(channel, size, &copy);
	if (error)
		return error;
	if (offset >= size)
		return -EINVAL;
	count = piece(offset, size);
	if (!guest_memory_read(call->partition, copy.bytes + offset, call->address,
			       count))
		return -EFAULT;
	if (offset + count == size) {
		channel_put_end(channel, &copy, call->now_ns);
		raise_others(call->port);
	}
	return offset + count;
}

static bool write_age(const struct ports_call *call, const struct channel_copy *copy)
{
	const uint64_t age_ns = channel_age(copy->written_ns, call->now_ns);
	const struct jumpslot_port_age age = {
		.age_ns = age_ns,
		.is_valid = age_ns <= channel_of(call->port)->refresh_ns,
	};

	return !call->age ||
	       guest_memory_write(call->partition, call->age, &age, sizeof(age));
}

/* Another partition may have written a message since the first piece. */
static bool is_same_message(const struct ports_call *call, uint32_t offset,
			    const struct channel_copy *copy)
{
	if (!offset)
		the.reading[call->port] = copy->position;
	return the.reading[call->port] == copy->position;
}

int64_t ports_get(const struct ports_call *call)
{
	const uint32_t offset = MONITOR_SPAN_OFFSET(call->span);
	struct channel_copy copy;
	int64_t error = check(call, CHANNEL_DESTINATION);
	struct channel *channel;
	uint32_t count;

	if (error)
		return error;
	channel = &the.ends[call->port];
	error = channel_get_begin(channel, MONITOR_SPAN_SIZE(call->span), &copy);
	if (error)
		return error;
	if (!is_same_message(call, offset, &copy))
		return -EINTR;
	if (offset >= copy.size)
		return -EINVAL;
	count = piece(offset, copy.size);
	if (!guest_memory_write(call->partition, call->address, copy.bytes + offset,
				count))
		return -EFAULT;
	if (offset + count < copy.size)
		return copy.size;
	if (!write_age(call, &copy))
		return -EFAULT;
	channel_get_end(channel, &copy);
	if (channel->shape.kind == CHANNEL_QUEUING)
		raise_others(call->port);
	return copy.size;
}

int64_t ports_status(const struct ports_call *call)
{
	struct jumpslot_port_state status;
	const struct channel *channel;
	uint64_t written_ns = 0;

	if (!is_own(call->partition, call->port))
		return -EBADF;
	channel = &the.ends[call->port];
	status = (struct jumpslot_port_state){
		.kind = channel->shape.kind,
		.direction = channel->direction,
		.size = channel->shape.size,
		.depth = channel->shape.depth,
		.count = channel_count(channel),
		.refresh_ns = channel->shape.refresh_ns,
	};
	if (status.kind == CHANNEL_SAMPLING && channel_written(channel, &written_ns))
		status.is_valid =
			channel_age(written_ns, call->now_ns) <= status.refresh_ns;
	return guest_memory_write(call->partition, call->address, &status, sizeof(status))
		       ? 0
		       : -EFAULT;
}

bool ports_is_ready(const struct partition *partition)
{
	const struct channel *channel;
	uint32_t count;

	if (!partition->waits_for_port || !is_own(partition, partition->port))
		return partition->waits_for_port;
	channel = &the.ends[partition->port];
	count = channel_count(channel);
	return channel->direction == CHANNEL_SOURCE ? count < channel->shape.depth
						    : count > 0;
}
