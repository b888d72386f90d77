/* A ring of bytes. See log.h. */
#include "log.h"
#include "uart.h"

#define RING 32768u /* the ends of all partitions, and more */

static struct {
	char bytes[RING];
	uint32_t first, count;
	uint32_t lost;
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

void log_bytes(const void *bytes, size_t count)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < count; i++) {
		put("0123456789abcdef"[byte[i] >> 4]);
		put("0123456789abcdef"[byte[i] & 15]);
	}
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

	for (; room && ring.count; room--) {
		uart_put(UART_LOG, ring.bytes[ring.first]);
		ring.first = (ring.first + 1) % RING;
		ring.count--;
	}
	return ring.count != 0;
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
