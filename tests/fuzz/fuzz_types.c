/*
 * Names and type strings: the checks, a type as C, and the bound of its stack arguments.
 * An input is a byte, the size of the text of C; and a string.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include <jumpslot/external_abi.h>
#include "fuzz.h"
#include "launcher/link/call_mode.h"
#include "launcher/scan/abi_strings.h"

static void check_bound(const char *type, uint32_t flags, unsigned machine)
{
	uint32_t word = machine == EM_X86_64 ? 8 : 4;
	uint32_t bytes;

	if (call_mode_stack_bytes(type, flags, machine, &bytes) &&
	    (bytes % word || bytes > JUMPSLOT_MAX_STACK_BYTES))
		abort();
}

static void check_type(const char *type, size_t room)
{
	char *text = malloc(room);

	if (!text)
		abort();
	memset(text, 'x', room);
	type_string_to_c(type, "name", text, room);
	if (!memchr(text, 0, room))
		abort();
	free(text);
	for (uint32_t convention = 0; convention <= JUMPSLOT_STDCALL;
	     convention += 0x10) {
		check_bound(type, convention, EM_386);
		check_bound(type, 0, EM_X86_64);
	}
	if (type_string_fits(type, 0) && type_string_fits(type, JUMPSLOT_VARIADIC))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *string;

	if (!size)
		return 0;
	string = strndup((const char *)data + 1, size - 1);
	if (!string)
		abort();
	symbol_name_valid(string);
	if (type_string_valid(string))
		check_type(string, 1 + (size_t)data[0]);
	free(string);
	return 0;
}
