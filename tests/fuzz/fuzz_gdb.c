/*
 * gdb's packets: any bytes that a client sends. A packet that is complete has the sum
 * that was sent and fits; a command that is decoded has no more bytes than it has room
 * for, and the reply to it fits or says that it does not.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "kvm/gdb/command.h"
#include "kvm/gdb/packet.h"

static void check_command(const struct packet_reader *reader)
{
	static struct command command;
	static struct packet_reply reply;
	static uint8_t bytes[PACKET_SIZE / 2];

	command_read(&command, reader->data);
	switch (command.kind) {
	case COMMAND_READ_MEMORY:
	case COMMAND_WRITE_MEMORY:
	case COMMAND_WRITE_REGISTERS:
	case COMMAND_WRITE_REGISTER:
		if (command.length > sizeof(command.bytes))
			abort();
		break;
	default:
		break;
	}
	packet_begin(&reply);
	if (command.kind == COMMAND_READ_MEMORY)
		packet_add_hex(&reply, bytes, (size_t)command.length);
	if (reply.full)
		abort();
	packet_add_number(&reply, command.address);
	packet_end(&reply);
	if (reply.length > sizeof(reply.data))
		abort();
}

static void check_packet(const struct packet_reader *reader)
{
	if (reader->length > PACKET_SIZE || reader->data[reader->length] ||
	    reader->sent != reader->sum)
		abort();
	check_command(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct packet_reader reader;

	memset(&reader, 0, sizeof(reader));
	for (size_t i = 0; i < size; i++)
		if (packet_take(&reader, data[i]) == PACKET_COMPLETE)
			check_packet(&reader);
	/* A sum is rarely right by chance: the same bytes as one packet's data. */
	if (size <= PACKET_SIZE) {
		memcpy(reader.data, data, size);
		reader.data[size] = 0;
		check_command(&reader);
	}
	return 0;
}
