/* A byte at a time in, and a buffer out. See packet.h. */
#include <string.h>

#include "packet.h"

#define INTERRUPT 0x03
#define ESCAPE	  0x7d /* the next byte was changed by 0x20 */
#define NO_DIGIT  16u

static unsigned digit(char character)
{
	if (character >= '0' && character <= '9')
		return (unsigned)(character - '0');
	if (character >= 'a' && character <= 'f')
		return (unsigned)(character - 'a') + 10;
	if (character >= 'A' && character <= 'F')
		return (unsigned)(character - 'A') + 10;
	return NO_DIGIT;
}

static void keep(struct packet_reader *reader, uint8_t byte)
{
	if (reader->length == PACKET_SIZE)
		reader->too_long = true;
	else
		reader->data[reader->length++] = (char)byte;
}

static void begin(struct packet_reader *reader)
{
	reader->state = PACKET_DATA;
	reader->too_long = false;
	reader->sum = 0;
	reader->digits = 0;
	reader->sent = 0;
	reader->length = 0;
}

static enum packet_event take_outside(struct packet_reader *reader, uint8_t byte)
{
	if (byte == '$')
		begin(reader);
	return byte == INTERRUPT ? PACKET_INTERRUPT : PACKET_NOTHING;
}

static void take_data(struct packet_reader *reader, uint8_t byte)
{
	if (byte == '#') {
		reader->state = PACKET_SUM;
		return;
	}
	reader->sum = (uint8_t)(reader->sum + byte);
	if (reader->state == PACKET_ESCAPED) {
		keep(reader, byte ^ 0x20);
		reader->state = PACKET_DATA;
	} else if (byte == ESCAPE) {
		reader->state = PACKET_ESCAPED;
	} else {
		keep(reader, byte);
	}
}

static enum packet_event take_sum(struct packet_reader *reader, uint8_t byte)
{
	const unsigned value = digit((char)byte);

	reader->sent = reader->sent << 4 | (value & 0xf);
	if (value == NO_DIGIT)
		reader->too_long = true;
	if (++reader->digits < 2)
		return PACKET_NOTHING;
	reader->state = PACKET_OUTSIDE;
	reader->data[reader->length] = 0;
	return reader->too_long || reader->sent != reader->sum ? PACKET_BROKEN
							       : PACKET_COMPLETE;
}

enum packet_event packet_take(struct packet_reader *reader, uint8_t byte)
{
	switch (reader->state) {
	case PACKET_OUTSIDE:
		return take_outside(reader, byte);
	case PACKET_SUM:
		return take_sum(reader, byte);
	default:
		/* A new packet begins where the last one was cut. */
		if (byte == '$')
			begin(reader);
		else
			take_data(reader, byte);
		return PACKET_NOTHING;
	}
}

void packet_begin(struct packet_reply *reply)
{
	reply->full = false;
	reply->length = 1;
	reply->data[0] = '$';
}

static void put(struct packet_reply *reply, char character)
{
	if (reply->length == PACKET_SIZE + 1)
		reply->full = true;
	else
		reply->data[reply->length++] = character;
}

void packet_add(struct packet_reply *reply, const char *text)
{
	while (*text)
		put(reply, *text++);
}

static const char digits[] = "0123456789abcdef";

void packet_add_hex(struct packet_reply *reply, const void *bytes, size_t count)
{
	const uint8_t *at = bytes;

	for (; count--; at++) {
		put(reply, digits[*at >> 4]);
		put(reply, digits[*at & 0xf]);
	}
}

void packet_add_number(struct packet_reply *reply, uint64_t number)
{
	unsigned shift = 60;

	while (shift && !(number >> shift))
		shift -= 4;
	for (;; shift -= 4) {
		put(reply, digits[number >> shift & 0xf]);
		if (!shift)
			return;
	}
}

/* There is room for the sum: see PACKET_SIZE. */
void packet_end(struct packet_reply *reply)
{
	uint8_t sum = 0;

	for (size_t i = 1; i < reply->length; i++)
		sum = (uint8_t)(sum + (uint8_t)reply->data[i]);
	reply->data[reply->length++] = '#';
	reply->data[reply->length++] = digits[sum >> 4];
	reply->data[reply->length++] = digits[sum & 0xf];
}

size_t packet_read_hex(const char **text, void *bytes, size_t size)
{
	uint8_t *to = bytes;
	size_t count = 0;

	for (; count < size; count++, *text += 2) {
		const unsigned high = digit((*text)[0]);
		const unsigned low = high == NO_DIGIT ? NO_DIGIT : digit((*text)[1]);

		if (low == NO_DIGIT)
			break;
		to[count] = (uint8_t)(high << 4 | low);
	}
	return count;
}

bool packet_read_number(const char **text, uint64_t *number)
{
	unsigned value = digit(**text);

	*number = 0;
	if (value == NO_DIGIT)
		return false;
	for (; value != NO_DIGIT; value = digit(*++*text)) {
		if (*number >> 60)
			return false;
		*number = *number << 4 | value;
	}
	return true;
}
