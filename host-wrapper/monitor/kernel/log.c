/* A ring of bytes. See log.h. */
#include "log.h"
#include "memory_bytes.h"
#include "uart.h"

#define RING 32768u /* the ends of all partitions, and more */
#define MARK 1	    /* no text has it */
#define HEAD 3

static struct {
	char bytes[RING];
	uint32_t first, count;
	uint32_t lost;
	uint32_t raw; /* bytes of log_bytes() that are written */
	bool has_digit;
	char digit; /* the second one of a byte */
} ring;

static void put(char byte)
{
	if (ring.count == RING) {
		ring.lost++;
		return;
	}
	ring.bytes[(ring.first + ring.count) % RING] = byte;
	ring.count++;
}

void log_text(const char *text)
{
	while (*text)
		put(*text++);
}

static void put_number(uint64_t number, unsigned base)
{
	char digits[20];
	unsigned count = 0;

	do {
		digits[count++] = "0123456789abcdef"[number % base];
		number /= base;
	} while (number);
	while (count)
		put(digits[--count]);
}

void log_number(uint64_t number)
{
	put_number(number, 10);
}

void log_hex(uint64_t number)
{
	log_text("0x");
	put_number(number, 16);
}

/* In the ring: a mark, the count in two bytes, and the bytes. Each becomes two digits on
 * the way out, so that the end of a partition takes no longer than other paths. */
void log_bytes(const void *bytes, size_t count)
{
	const char *byte = bytes;
	const uint32_t at = (ring.first + ring.count + HEAD) % RING;
	const uint32_t to_end = RING - at < count ? RING - at : (uint32_t)count;

	if (log_room() < count + HEAD) {
		ring.lost += (uint32_t)count;
		return;
	}
	put(MARK);
	put((char)count);
	put((char)(count >> 8));
	memcpy(ring.bytes + at, byte, to_end);
	memcpy(ring.bytes, byte + to_end, count - to_end);
	ring.count += (uint32_t)count;
}

static char take(void)
{
	const char byte = ring.bytes[ring.first];

	ring.first = (ring.first + 1) % RING;
	ring.count--;
	return byte;
}

/* The next character for the line. */
static char next(void)
{
	char character;

	if (ring.has_digit) {
		ring.has_digit = false;
		return ring.digit;
	}
	character = take();
	if (!ring.raw && character == MARK) {
		ring.raw = (uint8_t)take();
		ring.raw |= (uint32_t)(uint8_t)take() << 8;
		character = take();
	}
	if (!ring.raw)
		return character;
	ring.raw--;
	ring.has_digit = true;
	ring.digit = "0123456789abcdef"[(uint8_t)character & 15];
	return "0123456789abcdef"[(uint8_t)character >> 4];
}

static bool is_empty(void)
{
	return !ring.count && !ring.has_digit;
}

void log_end_of_line(void)
{
	put('\n');
}

uint32_t log_room(void)
{
	return RING - ring.count;
}

int log_drain(void)
{
	unsigned room = uart_room(UART_LOG);

	for (; room && !is_empty(); room--)
		uart_put(UART_LOG, next());
	return !is_empty();
}

void log_flush(void)
{
	if (ring.lost) {
		while (log_drain())
			continue;
		log_text("lost ");
		log_number(ring.lost);
		log_end_of_line();
	}
	while (log_drain())
		continue;
}
