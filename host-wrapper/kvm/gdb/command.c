/* From text to a command. See command.h. */
#include <string.h>

#include "command.h"

static bool skip(const char **text, char character)
{
	if (**text != character)
		return false;
	++*text;
	return true;
}

static bool read_range(struct command *command, const char **text)
{
	return packet_read_number(text, &command->address) && skip(text, ',') &&
	       packet_read_number(text, &command->length);
}

/* ADDR,LENGTH and with `has_bytes` also :BYTES */
static bool read_memory(struct command *command, const char *text, bool has_bytes)
{
	if (!read_range(command, &text) || command->length > sizeof(command->bytes))
		return false;
	if (!has_bytes)
		return !*text;
	return skip(&text, ':') &&
	       packet_read_hex(&text, command->bytes, sizeof(command->bytes)) ==
		       command->length &&
	       !*text;
}

/* NUMBER, and with `has_value` also =BYTES */
static bool read_register(struct command *command, const char *text, bool has_value)
{
	if (!packet_read_number(&text, &command->number))
		return false;
	if (has_value) {
		if (!skip(&text, '='))
			return false;
		command->length =
			packet_read_hex(&text, command->bytes, sizeof(command->bytes));
	}
	return !*text;
}

static bool read_registers(struct command *command, const char *text)
{
	command->length = packet_read_hex(&text, command->bytes, sizeof(command->bytes));
	return !*text;
}

/* TYPE,ADDR,KIND: conditions, which gdb evaluates itself, are not announced. */
static bool read_breakpoint(struct command *command, const char *text)
{
	return packet_read_number(&text, &command->number) && skip(&text, ',') &&
	       read_range(command, &text) && !*text;
}

/* Nothing, or a signal. Another address to go on at is not supported. */
static bool read_resume(struct command *command, const char *text, bool has_signal)
{
	return (!has_signal || packet_read_number(&text, &command->number)) && !*text;
}

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static enum command_kind find_query(const char *text)
{
	static const struct {
		const char *text;
		enum command_kind kind;
	} queries[] = {
		{ "qSupported", COMMAND_FEATURES },
		{ "qfThreadInfo", COMMAND_THREADS },
		{ "qsThreadInfo", COMMAND_MORE_THREADS },
		{ "qAttached", COMMAND_ATTACHED },
		{ "qOffsets", COMMAND_OFFSETS },
		{ "vKill", COMMAND_KILL },
	};

	for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++)
		if (begins(text, queries[i].text))
			return queries[i].kind;
	return strcmp(text, "qC") ? COMMAND_UNKNOWN : COMMAND_THIS_THREAD;
}

static bool read(struct command *command, const char *text)
{
	const char first = *text, *rest = first ? text + 1 : text;

	switch (first) {
	case '?':
		command->kind = COMMAND_STATUS;
		return true;
	case 'g':
		command->kind = COMMAND_READ_REGISTERS;
		return true;
	case 'G':
		command->kind = COMMAND_WRITE_REGISTERS;
		return read_registers(command, rest);
	case 'p':
	case 'P':
		command->kind =
			first == 'p' ? COMMAND_READ_REGISTER : COMMAND_WRITE_REGISTER;
		return read_register(command, rest, first == 'P');
	case 'm':
	case 'M':
		command->kind = first == 'm' ? COMMAND_READ_MEMORY : COMMAND_WRITE_MEMORY;
		return read_memory(command, rest, first == 'M');
	case 'c':
	case 'C':
		command->kind = COMMAND_CONTINUE;
		return read_resume(command, rest, first == 'C');
	case 's':
	case 'S':
		command->kind = COMMAND_STEP;
		return read_resume(command, rest, first == 'S');
	case 'Z':
	case 'z':
		command->kind =
			first == 'Z' ? COMMAND_SET_BREAKPOINT : COMMAND_CLEAR_BREAKPOINT;
		return read_breakpoint(command, rest);
	case 'k':
		command->kind = COMMAND_KILL;
		return true;
	case 'D':
		command->kind = COMMAND_DETACH;
		return true;
	case 'H':
	case 'T':
		command->kind = COMMAND_NOTHING;
		return true;
	}
	command->kind = find_query(text);
	return true;
}

void command_read(struct command *command, const char *text)
{
	command->number = command->address = command->length = 0;
	if (!read(command, text))
		command->kind = COMMAND_WRONG;
}
