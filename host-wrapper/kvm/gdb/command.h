/*
 * The commands of gdb's remote protocol that the host knows, decoded and checked. Knows
 * nothing of the guest; depends on packet.h alone.
 */
#ifndef JUMPSLOT_GDB_COMMAND_H
#define JUMPSLOT_GDB_COMMAND_H

#include <stdint.h>

#include "packet.h"

enum command_kind {
	COMMAND_UNKNOWN, /* an empty reply says so */
	COMMAND_WRONG,	 /* known, and not well-formed */
	COMMAND_STATUS,
	COMMAND_READ_REGISTERS,
	COMMAND_WRITE_REGISTERS, /* `bytes` */
	COMMAND_READ_REGISTER,	 /* `number` */
	COMMAND_WRITE_REGISTER,	 /* `number`, `bytes` */
	COMMAND_READ_MEMORY,	 /* `address`, `length` */
	COMMAND_WRITE_MEMORY,	 /* `address`, `length` bytes */
	COMMAND_CONTINUE,	 /* `number`: a signal for the guest, or 0 */
	COMMAND_STEP,		 /* the same */
	COMMAND_SET_BREAKPOINT,	 /* `number`: its type; `address`, `length` */
	COMMAND_CLEAR_BREAKPOINT,
	COMMAND_KILL,
	COMMAND_DETACH,
	COMMAND_FEATURES,
	COMMAND_THREADS,
	COMMAND_MORE_THREADS,
	COMMAND_THIS_THREAD,
	COMMAND_ATTACHED,
	COMMAND_OFFSETS,
	COMMAND_NOTHING, /* the reply is OK */
};

struct command {
	enum command_kind kind;
	uint64_t number;
	uint64_t address;
	uint64_t length;
	uint8_t bytes[PACKET_SIZE / 2];
};

/* Decodes the text of a packet. `length` is at most what `bytes` or a reply has room for,
 * unless it is a breakpoint's. */
void command_read(struct command *command, const char *text);

#endif
