/*
 * Packets of gdb's remote protocol (gdb's manual, "Remote Protocol"): `$data#sum`, with
 * acknowledgements, and the byte of an interrupt. The sender is not trusted. Knows
 * neither sockets nor commands; depends on <stdint.h> alone.
 */
#ifndef JUMPSLOT_GDB_PACKET_H
#define JUMPSLOT_GDB_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the largest packet's data, as qSupported says. */
#define PACKET_SIZE 4096

enum packet_event {
	PACKET_NOTHING,
	PACKET_COMPLETE,  /* `data` has it, as text with a NUL */
	PACKET_BROKEN,	  /* a wrong sum, or too long: ask for it again */
	PACKET_INTERRUPT, /* Ctrl-C */
};

struct packet_reader {
	enum { PACKET_OUTSIDE, PACKET_DATA, PACKET_ESCAPED, PACKET_SUM } state;
	bool too_long;
	uint8_t sum;	 /* of the data so far */
	unsigned digits; /* of the sum that was sent */
	unsigned sent;	 /* that sum */
	size_t length;	 /* of the data */
	char data[PACKET_SIZE + 1];
};

/* Takes one byte. */
enum packet_event packet_take(struct packet_reader *reader, uint8_t byte);

/* A reply. It leaves out bytes that do not fit, and sets `full`. */
struct packet_reply {
	bool full;
	size_t length;
	char data[PACKET_SIZE + 4]; /* with '$' and the sum */
};

void packet_begin(struct packet_reply *reply);
void packet_add(struct packet_reply *reply, const char *text);
void packet_add_hex(struct packet_reply *reply, const void *bytes, size_t count);
void packet_add_number(struct packet_reply *reply, uint64_t number);

/* After the last addition: `data` has `length` bytes to send. */
void packet_end(struct packet_reply *reply);

/* Reads at most `size` bytes from pairs of hexadecimal digits, and moves `*text` past
 * them. Returns their number. */
size_t packet_read_hex(const char **text, void *bytes, size_t size);

/* Reads a hexadecimal number of at least one digit, and moves `*text` past it. Returns
 * false if there is none, or if it has more than 64 bits. */
bool packet_read_number(const char **text, uint64_t *number);

#endif
