/* A buffer for each partition and line, and a queue for each line. See console_lines.h.
 */
#include "console_lines.h"
#include "memory_bytes.h"

#define MAX_LINE  200u
#define MAX_QUEUE 1024u /* bytes of one partition that wait */
#define RING	  (BOOT_MAX_PARTITIONS * 2 * MAX_QUEUE)
/* Bytes around a line: two of its head, a newline before it, name and brackets. */
#define AROUND	(2 + 1 + BOOT_NAME + 3)
#define OUTPUTS 2 /* the console, and the stream of errors */

_Static_assert(MAX_LINE + AROUND < 256, "a line's length is one byte");
_Static_assert(UART_CONSOLE < OUTPUTS && UART_ERRORS < OUTPUTS, "numbers of outputs");

struct buffer {
	char bytes[MAX_LINE];
	uint32_t count;
	uint32_t queued; /* bytes in the ring */
};

/* In the ring: partition, length, and the bytes. */
struct output {
	char ring[RING];
	uint32_t first, count;
	uint32_t left; /* bytes of the line that is written */
	uint32_t owner;
	const struct partition *open; /* whose incomplete line was queued last */
	struct buffer buffers[BOOT_MAX_PARTITIONS];
};

static struct output outputs[OUTPUTS];

static void put(struct output *output, char byte)
{
	output->ring[(output->first + output->count++) % RING] = byte;
}

static void put_all(struct output *output, const char *bytes, uint64_t count)
{
	const uint32_t at = (output->first + output->count) % RING;
	const uint64_t to_end = RING - at < count ? RING - at : count;

	memcpy(output->ring + at, bytes, to_end);
	memcpy(output->ring, bytes + to_end, count - to_end);
	output->count += (uint32_t)count;
}

static char take(struct output *output)
{
	const char byte = output->ring[output->first];

	output->first = (output->first + 1) % RING;
	output->count--;
	return byte;
}

static uint32_t name_length(const char *name)
{
	uint32_t length = 0;

	while (name[length])
		length++;
	return length;
}

static bool has_room(const struct output *output, const struct buffer *buffer)
{
	return buffer->queued + buffer->count + AROUND <= MAX_QUEUE &&
	       output->count + buffer->count + AROUND <= RING;
}

/* The caller has looked for room. */
static void queue(struct output *output, const struct partition *partition)
{
	struct buffer *buffer = &output->buffers[partition->number];
	const char *name = partition->record->name;
	const bool is_new = output->open != partition;
	const bool breaks = is_new && output->open;
	const uint32_t length =
		buffer->count + breaks + (is_new ? name_length(name) + 3 : 0);

	put(output, (char)partition->number);
	put(output, (char)length);
	if (breaks)
		put(output, '\n');
	if (is_new) {
		put(output, '[');
		put_all(output, name, name_length(name));
		put_all(output, "] ", 2);
	}
	put_all(output, buffer->bytes, buffer->count);
	output->open = buffer->bytes[buffer->count - 1] == '\n' ? NULL : partition;
	buffer->queued += length;
	buffer->count = 0;
}

static bool is_complete(const struct buffer *buffer)
{
	return buffer->count == MAX_LINE ||
	       (buffer->count && buffer->bytes[buffer->count - 1] == '\n');
}

/* A line that is too long goes on as another line. */
static void break_line(struct buffer *buffer)
{
	if (buffer->count == MAX_LINE - 1 && buffer->bytes[buffer->count - 1] != '\n')
		buffer->bytes[buffer->count++] = '\n';
}

static bool drain(enum uart line)
{
	struct output *output = &outputs[line];
	uint32_t room;

	for (uint32_t i = 0; output->count && i < UART_QUEUE; i += room) {
		room = uart_room(line);
		if (!room)
			break;
		for (uint32_t j = 0; j < room && output->count; j++) {
			if (!output->left) {
				output->owner = (uint8_t)take(output);
				output->left = (uint8_t)take(output);
			}
			uart_put(line, take(output));
			output->left--;
			output->buffers[output->owner].queued--;
		}
	}
	return output->count;
}

uint64_t console_lines_put(const struct partition *partition, enum uart line,
			   const char *bytes, uint64_t count)
{
	struct output *output = &outputs[line];
	struct buffer *buffer = &output->buffers[partition->number];
	uint64_t done = 0;

	while (done < count) {
		if (is_complete(buffer) && !has_room(output, buffer))
			break;
		if (is_complete(buffer))
			queue(output, partition);
		buffer->bytes[buffer->count++] = bytes[done++];
		break_line(buffer);
	}
	if (is_complete(buffer) && has_room(output, buffer))
		queue(output, partition);
	drain(line);
	return done;
}

void console_lines_show(const struct partition *partition, enum uart line)
{
	struct output *output = &outputs[line];
	struct buffer *buffer = &output->buffers[partition->number];

	if (buffer->count && has_room(output, buffer))
		queue(output, partition);
}

static void end_line(const struct partition *partition, struct output *output)
{
	struct buffer *buffer = &output->buffers[partition->number];

	if ((buffer->count || output->open == partition) && !is_complete(buffer))
		buffer->bytes[buffer->count++] = '\n';
	if (buffer->count && has_room(output, buffer))
		queue(output, partition);
	buffer->count = 0;
}

void console_lines_end(const struct partition *partition)
{
	for (unsigned i = 0; i < OUTPUTS; i++)
		end_line(partition, &outputs[i]);
}

static bool is_next(const struct output *output, const struct partition *partition)
{
	const uint32_t owner =
		output->left ? output->owner : (uint8_t)output->ring[output->first];

	return output->count && owner == partition->number;
}

void console_lines_drain_own(const struct partition *partition)
{
	for (unsigned i = 0; i < OUTPUTS; i++)
		if (is_next(&outputs[i], partition))
			drain((enum uart)i);
}

bool console_lines_drain(void)
{
	const bool console = drain(UART_CONSOLE);
	const bool errors = drain(UART_ERRORS);

	return console || errors;
}
