/*
 * The reader of a provider's table. An input is a file. The launcher refuses it in one
 * printable line, or each function has a valid name, a valid type and known properties.
 */
#include <elf.h>
#include <stdio.h>
#include <string.h>

#include <jumpslot/external_abi.h>
#include "fuzz.h"
#include "launcher/scan/abi_strings.h"
#include "launcher/scan/provider_file.h"
#include "tests/unit/specimen.h"

static void check_function(const struct provider_file *provider,
			   const struct provided *function)
{
	ck_assert(symbol_name_valid(function->name));
	ck_assert(!function->type || type_string_valid(function->type));
	ck_assert(!function->type || type_string_fits(function->type, function->flags));
	ck_assert(!(function->flags & ~(uint32_t)JUMPSLOT_FLAGS_KNOWN));
	ck_assert_uint_eq(function->stack_bytes % provider->elf.machine->word, 0);
	ck_assert(function->stack_bytes <= JUMPSLOT_MAX_STACK_BYTES);
	ck_assert(name_index_find(&provider->names, function->name) ==
		  (size_t)(function - provider->functions));
}

static void check_statements(const struct statements *stated)
{
	for (size_t i = 0; i < stated->count; i++) {
		const struct statement *each = &stated->statements[i];

		ck_assert(*each->name == '(' || symbol_name_valid(each->name));
		ck_assert(each->first <= stated->rule_count &&
			  each->count <= stated->rule_count - each->first);
	}
	for (size_t i = 0; i < stated->rule_count; i++)
		ck_assert(*stated->rules[i].call &&
			  memchr(stated->rules[i].call, 0, JUMPSLOT_RULE_NAME));
}

static void read_for(unsigned machine, const char *path)
{
	struct provider_file provider = { 0 };
	struct message message = blank_message();
	int error = provider_file_read(&provider, path, machine, ET_DYN, &message);

	check_verdict(error, &message);
	if (error)
		return;
	for (size_t i = 0; i < provider.count; i++)
		check_function(&provider, &provider.functions[i]);
	check_statements(&provider.stated);
	provider_file_free(&provider);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool is_i386 = size > EI_CLASS && data[EI_CLASS] == ELFCLASS32;
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fuzz_file(data, size));
	read_for(is_i386 ? EM_386 : EM_X86_64, path);
	return 0;
}
