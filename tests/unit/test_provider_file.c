/* A provider's table read from its file: what is in it, and what is wrong with it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <jumpslot/external_abi.h>
#include "launcher/scan/provider_file.h"
#include "specimen.h"

#define PROVIDER      "unit/provider.so"
#define PROVIDER_I386 "unit/provider-i386.so"
#define RECORD	      sizeof(struct jumpslot_provided)
#define LONGER	      (RECORD + 8)

/* Reads the table of a file below the build directory, or of a specimen. */
static int read_path(struct provider_file *provider, const char *path, unsigned machine,
		     struct message *message)
{
	*provider = (struct provider_file){ 0 };
	*message = blank_message();
	return provider_file_read(provider, path, machine, ET_DYN, message);
}

static int read_specimen(struct provider_file *provider, const struct specimen *specimen,
			 struct message *message)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", specimen->fd);
	return read_path(provider, path, EM_X86_64, message);
}

static const struct provided *find(const struct provider_file *provider, const char *name)
{
	size_t found = name_index_find(&provider->names, name);

	ck_assert_msg(found != NAME_INDEX_NONE, "no %s", name);
	return &provider->functions[found];
}

/* Checks the functions of inputs/provider.c. */
static void check_functions(const struct provider_file *provider)
{
	ck_assert_uint_eq(provider->count, 4);
	ck_assert_str_eq(find(provider, "twice")->type, "ii");
	ck_assert_uint_ne(find(provider, "twice")->function, 0);
	ck_assert_str_eq(find(provider, "thrice")->type, "dd");
	ck_assert_uint_ne(find(provider, "thrice")->function,
			  find(provider, "twice")->function);
	ck_assert_str_eq(find(provider, "sum")->type, "ii.");
	ck_assert_uint_eq(find(provider, "sum")->flags, JUMPSLOT_VARIADIC);
	ck_assert_uint_eq(find(provider, "sum")->function, 0);
	ck_assert_ptr_null(find(provider, "untyped")->type);
	ck_assert_uint_ne(find(provider, "untyped")->function, 0);
	ck_assert_uint_eq(find(provider, "twice")->carry, JUMPSLOT_CARRY_DIRECT);
	ck_assert_uint_eq(find(provider, "thrice")->carry, 0);
	ck_assert_uint_eq(find(provider, "untyped")->carry,
			  JUMPSLOT_CARRY_BLOCKING | JUMPSLOT_CARRY_STACK);
	ck_assert_uint_eq(find(provider, "untyped")->stack_bytes,
			  3 * provider->elf.machine->word);
}

START_TEST(types_and_functions_of_one_name_are_joined)
{
	struct provider_file provider;
	struct message message;

	ck_assert_int_eq(read_path(&provider, unit_path(PROVIDER), EM_X86_64, &message),
			 0);
	check_functions(&provider);
	provider_file_free(&provider);
}
END_TEST

START_TEST(a_provider_of_another_word_size_is_read)
{
	struct provider_file provider;
	struct message message;

	ck_assert_int_eq(read_path(&provider, unit_path(PROVIDER_I386), EM_386, &message),
			 0);
	check_functions(&provider);
	provider_file_free(&provider);
}
END_TEST

START_TEST(a_provider_for_another_machine_is_refused)
{
	struct provider_file provider;
	struct message message;

	ck_assert_int_eq(read_path(&provider, unit_path(PROVIDER), EM_386, &message),
			 -ENOEXEC);
	ck_assert_str_eq(message.text,
			 "a provider for x86_64 (expected i386, as the guest)");
	ck_assert_int_eq(
		read_path(&provider, unit_path(PROVIDER_I386), EM_X86_64, &message),
		-ENOEXEC);
	ck_assert_str_eq(message.text,
			 "a provider for i386 (expected x86_64, as the guest)");
}
END_TEST

START_TEST(what_is_no_provider_is_refused)
{
	struct provider_file provider;
	struct message message;

	ck_assert_int_eq(read_path(&provider, "/nowhere.so", EM_X86_64, &message),
			 -ENOENT);
	ck_assert_str_eq(message.text, "No such file or directory");
	ck_assert_int_eq(read_path(&provider, "/dev/null", EM_X86_64, &message),
			 -ENOEXEC);
	ck_assert_str_eq(message.text, "not a regular file");
	ck_assert_int_eq(read_path(&provider, unit_path("guests/hello-x86_64.elf"),
				   EM_X86_64, &message),
			 -ENOEXEC);
	ck_assert_str_eq(message.text, "not a shared library");
	ck_assert_int_eq(
		read_path(&provider, unit_path("unit/pie.elf"), EM_X86_64, &message),
		-ENOEXEC);
	ck_assert_str_eq(message.text,
			 "no table of a provider: include <jumpslot/provider.h> "
			 "and \"func_list.h\"");
}
END_TEST

static struct jumpslot_provided *record(struct specimen *specimen, size_t index)
{
	struct jumpslot_provided *records =
		specimen_contents(specimen, JUMPSLOT_SECTION_PROVIDED);

	return &records[index];
}

static char *strings(struct specimen *specimen)
{
	return specimen_contents(specimen, JUMPSLOT_SECTION_PROVIDER_STR);
}

static struct jumpslot_provider_note_desc *note(struct specimen *specimen)
{
	char *bytes = specimen_contents(specimen, JUMPSLOT_SECTION_PROVIDER_NOTE);

	return (struct jumpslot_provider_note_desc *)(bytes + sizeof(Elf64_Nhdr) + 12);
}

static size_t table_size(struct specimen *specimen)
{
	return specimen_section(specimen, JUMPSLOT_SECTION_PROVIDED)->sh_size;
}

/* The first record with a type, or with a function. */
static struct jumpslot_provided *with(struct specimen *specimen, bool function)
{
	struct jumpslot_provided *at = record(specimen, 0);

	while (!(function ? at->function : at->type))
		at++;
	return at;
}

/* Gives the second record the name of the first. */
static void share_name(struct jumpslot_provided *first, struct jumpslot_provided *second)
{
	second->name = first->name - (int32_t)((char *)second - (char *)first);
}

/* The second record with a type, or with a function, shares the first one's name. */
static void conflict(struct specimen *specimen, bool function)
{
	struct jumpslot_provided *first = with(specimen, function);
	struct jumpslot_provided *last =
		record(specimen, table_size(specimen) / RECORD - 1);
	struct jumpslot_provided *second = last;

	while (!(function ? second->function : second->type))
		second--;
	share_name(first, second);
}

/* The record that says only that. */
static struct jumpslot_provided *saying(struct specimen *specimen, uint32_t carry)
{
	struct jumpslot_provided *at = record(specimen, 0);

	while (at->carry != carry)
		at++;
	return at;
}

/* A record of the call mode of `twice`. */
static struct jumpslot_provided *direct(struct specimen *specimen)
{
	return saying(specimen, JUMPSLOT_CARRY_DIRECT);
}

/* The record of the stack bytes of `untyped`; another record says that it is blocking. */
static struct jumpslot_provided *stack_bytes(struct specimen *specimen)
{
	return saying(specimen, JUMPSLOT_CARRY_STACK);
}

/* Another record speaks of `untyped`. */
static void say_twice(struct specimen *specimen, uint32_t carry, uint32_t bytes)
{
	struct jumpslot_provided *other = direct(specimen);

	share_name(stack_bytes(specimen), other);
	other->carry = carry;
	other->stack_bytes = bytes;
}

#define WRONG(name, action)                                                              \
	static void name(struct specimen *s)                                             \
	{                                                                                \
		action;                                                                  \
	}
WRONG(abi_version, note(s)->abi_version = 2)
WRONG(record_size_0, note(s)->record_size = 0)
WRONG(record_size_23, note(s)->record_size = 23)
WRONG(record_size_25, note(s)->record_size = 25)
WRONG(record_size_max, note(s)->record_size = UINT32_MAX)
WRONG(name_outside, record(s, 0)->name = INT32_MAX)
WRONG(name_before, record(s, 0)->name = INT32_MIN)
WRONG(name_empty, *strings(s) = 0)
WRONG(name_of_escapes, *strings(s) = '\x1b')
WRONG(type_outside, with(s, false)->type = INT32_MIN)
WRONG(function_outside, with(s, true)->function = INT32_MAX)
WRONG(function_in_table, with(s, true)->function = 4)
WRONG(two_types, conflict(s, false))
WRONG(two_functions, conflict(s, true))
WRONG(carry_unknown_bit, record(s, 0)->carry = 0x20)
WRONG(carry_unknown_mode, record(s, 0)->carry = 4)
WRONG(bytes_unaligned, stack_bytes(s)->stack_bytes = 4)
WRONG(bytes_beyond, stack_bytes(s)->stack_bytes = JUMPSLOT_MAX_STACK_BYTES + 8)
WRONG(bytes_unsaid, record(s, 0)->stack_bytes = 8)
WRONG(bytes_of_direct, share_name(direct(s), stack_bytes(s)))
WRONG(two_modes, say_twice(s, JUMPSLOT_CARRY_DIRECT, 0))
WRONG(gated_and_blocking, say_twice(s, JUMPSLOT_CARRY_GATED, 0))
WRONG(two_stack_bytes, say_twice(s, JUMPSLOT_CARRY_STACK, 8))
WRONG(no_note, specimen_section(s, JUMPSLOT_SECTION_PROVIDER_NOTE)->sh_name = 0)
WRONG(no_strings, specimen_section(s, JUMPSLOT_SECTION_PROVIDER_STR)->sh_name = 0)
WRONG(table_compressed,
      specimen_section(s, JUMPSLOT_SECTION_PROVIDED)->sh_flags |= SHF_COMPRESSED)
WRONG(segment_beyond, specimen_segment(s, 0)->p_offset = 0x1000000)
WRONG(segment_wraps, specimen_segment(s, 0)->p_vaddr = UINT64_MAX)

START_TEST(what_is_wrong_with_a_table_is_said)
{
	static const char no_table[] = "no table of a provider: include "
				       "<jumpslot/provider.h> and \"func_list.h\"";
	static const struct {
		void (*damage)(struct specimen *specimen);
		const char *text;
	} wrong[] = {
		{ abi_version,
		  "provider ABI version 2: this host-wrapper knows version 1" },
		{ record_size_0, "records of 0 bytes in a table of *" },
		{ record_size_23, "records of 23 bytes in a table of *" },
		{ record_size_25, "records of 25 bytes in a table of *" },
		{ record_size_max, "records of 4294967295 bytes in a table of *" },
		{ name_outside, "record 0 has no valid name" },
		{ name_before, "record 0 has no valid name" },
		{ name_empty, "record * has no valid name" },
		{ name_of_escapes, "record * has no valid name" },
		{ type_outside, "record * (*) has no valid type" },
		{ function_outside, "record * (*): 0x* is not in executable code" },
		{ function_in_table, "record * (*): 0x* is not in executable code" },
		{ two_types, "* is declared as * (flags 0x*) and as * (flags 0x*)" },
		{ two_functions, "* is defined twice, at different addresses" },
		{ carry_unknown_bit, "record 0 (*): carry 0x20 is not known" },
		{ carry_unknown_mode, "record 0 (*): carry 0x4 is not known" },
		{ bytes_unaligned, "record * (untyped): carry 0x10 with 4 stack bytes: a "
				   "multiple of 8 up to 65536, with 0x10" },
		{ bytes_beyond,
		  "record * (untyped): carry 0x10 with 65544 stack bytes: a "
		  "multiple of 8 up to 65536, with 0x10" },
		{ bytes_unsaid, "record 0 (*): carry 0x0 with 8 stack bytes: a multiple "
				"of 8 up to 65536, with 0x10" },
		{ bytes_of_direct, "twice is declared direct and with 24 stack bytes, "
				   "which only a gate copies" },
		{ two_modes, "untyped is declared direct and blocking" },
		{ gated_and_blocking, "untyped is declared gated and blocking" },
		{ two_stack_bytes, "untyped is declared with * and with * stack bytes" },
		{ no_note, no_table },
		{ no_strings, no_table },
		{ table_compressed, "section .jumpslot.provided is compressed; expected "
				    "only .debug_externals to be" },
		{ segment_beyond, "segment 0: 0x* bytes at offset 0x1000000 for address "
				  "0x0 do not lie within the file of 0x* bytes" },
		{ segment_wraps, "segment 0: 0x* bytes at offset 0x0 for address "
				 "0xffffffffffffffff do not lie within the file of 0x* "
				 "bytes" },
	};

	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct specimen specimen = specimen_open(PROVIDER);
		struct provider_file provider;
		struct message message;
		int error;

		wrong[i].damage(&specimen);
		error = read_specimen(&provider, &specimen, &message);
		ck_assert_msg(
			error == -ENOEXEC && text_matches(message.text, wrong[i].text),
			"expected: %s\ngot %d: %s", wrong[i].text, error, message.text);
		specimen_close(&specimen);
	}
}
END_TEST

/* Rewrites the table with longer records, at the end of the file. */
static void lengthen_records(struct specimen *specimen)
{
	size_t count = table_size(specimen) / RECORD;
	size_t at = specimen_append(specimen, LONGER * count);
	Elf64_Shdr *section = specimen_section(specimen, JUMPSLOT_SECTION_PROVIDED);

	memset(specimen->bytes + at, 0xff, LONGER * count);
	for (size_t i = 0; i < count; i++) {
		struct jumpslot_provided moved = *record(specimen, i);
		const int32_t distance = (int32_t)((LONGER - RECORD) * i);

		moved.name -= distance;
		moved.type -= moved.type ? distance : 0;
		moved.function -= moved.function ? distance : 0;
		memcpy(specimen->bytes + at + LONGER * i, &moved, sizeof(moved));
	}
	section->sh_offset = at;
	section->sh_size = LONGER * count;
	note(specimen)->record_size = LONGER;
}

START_TEST(records_of_a_later_version_are_read_as_far_as_they_are_known)
{
	struct specimen specimen = specimen_open(PROVIDER);
	struct provider_file provider;
	struct message message;

	lengthen_records(&specimen);
	ck_assert_msg(!read_specimen(&provider, &specimen, &message), "%s", message.text);
	check_functions(&provider);
	provider_file_free(&provider);
	specimen_close(&specimen);
}
END_TEST

START_TEST(a_provider_cut_short_anywhere_is_refused)
{
	struct specimen specimen = specimen_open(PROVIDER);

	for (size_t size = specimen.size; size--;) {
		struct provider_file provider;
		struct message message;
		int error;

		specimen_resize(&specimen, size);
		error = read_specimen(&provider, &specimen, &message);
		check_verdict(error, &message);
		ck_assert_int_eq(error, -ENOEXEC);
	}
	specimen_close(&specimen);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		types_and_functions_of_one_name_are_joined,
		a_provider_of_another_word_size_is_read,
		a_provider_for_another_machine_is_refused,
		what_is_no_provider_is_refused,
		what_is_wrong_with_a_table_is_said,
		records_of_a_later_version_are_read_as_far_as_they_are_known,
		a_provider_cut_short_anywhere_is_refused,
	};

	return unit_run("provider file", tests, COUNT(tests));
}
