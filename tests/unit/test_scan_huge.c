/*
 * Guests that claim to be huge, in a file with a hole where that takes no disk: refused
 * at once, or accepted without what is too large; never with much memory.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <jumpslot/external_abi.h>
#include "launcher/scan/symbols.h"
#include "specimen.h"

#define HELLO	   "guests/hello-x86_64.elf"
#define COMPRESSED "unit/compressed.elf"
#define MAX_MEMORY (UINT64_C(512) << 20)

/* The most memory, in bytes, that this process had at any time. */
static uint64_t most_memory(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	unsigned long kilobytes = 0;
	char line[128];

	ck_assert_ptr_nonnull(status);
	while (fgets(line, sizeof(line), status))
		if (sscanf(line, "VmHWM: %lu", &kilobytes) == 1)
			break;
	fclose(status);
	ck_assert_uint_gt(kilobytes, 0);
	return (uint64_t)kilobytes * 1024;
}

/* The section covers a hole of that size after the file. */
static void stretch(struct specimen *specimen, const char *name, uint64_t size)
{
	Elf64_Shdr *section = specimen_section(specimen, name);

	section->sh_offset = (specimen->size + 4095) & ~(uint64_t)4095;
	section->sh_size = size;
	specimen_resize(specimen, section->sh_offset + size);
}

static void check_refused(struct specimen *specimen, const char *text)
{
	struct message message;

	ck_assert_int_eq(specimen_scan(specimen, &message), -ENOEXEC);
	ck_assert_msg(text_matches(message.text, text), "%s", message.text);
	ck_assert_uint_lt(most_memory(), MAX_MEMORY);
	specimen_close(specimen);
}

static void check_accepted(struct specimen *specimen)
{
	struct message message;

	ck_assert_msg(!specimen_scan(specimen, &message), "%s", message.text);
	ck_assert_uint_lt(most_memory(), MAX_MEMORY);
	specimen_close(specimen);
}

START_TEST(four_billion_imports_are_refused_without_being_read)
{
	struct specimen specimen = specimen_open(HELLO);

	stretch(&specimen, JUMPSLOT_SECTION_SYMTAB, UINT64_C(16) << 32);
	check_refused(&specimen,
		      "section .externals.symtab has 68719476736 bytes: at most "
		      "16777216");
}
END_TEST

START_TEST(one_import_too_many_is_refused)
{
	struct specimen specimen = specimen_open(HELLO);

	stretch(&specimen, JUMPSLOT_SECTION_SYMTAB, 16 * (JUMPSLOT_MAX_IMPORTS + 1));
	check_refused(&specimen, "section .externals.symtab has 16777232 bytes: at most "
				 "16777216");
}
END_TEST

START_TEST(huge_strings_are_refused_without_being_read)
{
	struct specimen specimen = specimen_open(HELLO);

	stretch(&specimen, JUMPSLOT_SECTION_STR, UINT64_C(1) << 36);
	check_refused(&specimen, "section .externals.str has 68719476736 bytes: at most "
				 "134217728");
}
END_TEST

START_TEST(huge_names_of_sections_are_refused_without_being_read)
{
	struct specimen specimen = specimen_open(HELLO);

	stretch(&specimen, ".shstrtab", UINT64_C(1) << 36);
	check_refused(&specimen,
		      "the sections' names: compressed, or 0x1000000000 bytes: at "
		      "most 0x1000000");
}
END_TEST

/* libelf would take the number of sections from the first one's header. */
START_TEST(millions_of_sections_are_refused_without_being_read)
{
	struct specimen specimen = specimen_open(HELLO);
	const uint64_t count = 1 << 24;
	Elf64_Shdr *first;

	first = (Elf64_Shdr *)(specimen.bytes + specimen_header(&specimen)->e_shoff);
	first->sh_size = count;
	specimen_header(&specimen)->e_shnum = 0;
	specimen_resize(&specimen, specimen.size + count * sizeof(*first));
	check_refused(&specimen, "the ELF header does not say how many section headers "
				 "there are");
}
END_TEST

/* Looking each of 65,000 names' end up in 16 MiB would take minutes. */
START_TEST(names_of_sections_without_an_end_do_not_take_long)
{
	struct specimen specimen = specimen_open(HELLO);
	const uint64_t names = 0xffffff, count = 0xfeff;
	size_t at = specimen_append(&specimen, count * sizeof(Elf64_Shdr) + names);
	Elf64_Shdr *sections = (Elf64_Shdr *)(specimen.bytes + at);

	memset(sections + count, 'a', names);
	sections[1] = (Elf64_Shdr){
		.sh_type = SHT_STRTAB,
		.sh_offset = at + count * sizeof(*sections),
		.sh_size = names,
	};
	specimen_header(&specimen)->e_shoff = at;
	specimen_header(&specimen)->e_shnum = (uint16_t)count;
	specimen_header(&specimen)->e_shstrndx = 1;
	check_refused(&specimen,
		      "the sections' names: 0xffffff bytes at 0x* are not strings "
		      "within the file");
}
END_TEST

START_TEST(huge_debug_information_is_left_out)
{
	struct specimen specimen = specimen_open(HELLO);

	stretch(&specimen, JUMPSLOT_SECTION_DEBUG, UINT64_C(1) << 36);
	check_accepted(&specimen);
}
END_TEST

START_TEST(huge_symbol_tables_are_left_out)
{
	static const char *const names[] = { ".symtab", ".strtab" };

	for (size_t i = 0; i < COUNT(names); i++) {
		struct specimen specimen = specimen_open(HELLO);

		stretch(&specimen, names[i], UINT64_C(3) << 34);
		check_accepted(&specimen);
	}
}
END_TEST

START_TEST(huge_segments_are_refused_or_not_read)
{
	struct specimen specimen = specimen_open(HELLO);
	Elf64_Phdr *segment = specimen_segment(&specimen, 0);

	while (segment->p_type != PT_LOAD || segment->p_flags != (PF_R | PF_W))
		segment++;
	segment->p_memsz = UINT64_C(1) << 40;
	check_accepted(&specimen);
}
END_TEST

/* The place of the first import, which stands in .debug_externals. */
static bool first_place(struct specimen *specimen)
{
	struct message message = blank_message();
	struct scan scan;
	bool known;

	ck_assert_msg(!scan_open(&scan, specimen->fd, &message), "%s", message.text);
	known = import_declaration(&scan.table, 0).place != NULL;
	scan_free(&scan);
	return known;
}

START_TEST(compressed_debug_information_is_read)
{
	struct specimen specimen = specimen_open(COMPRESSED);
	const Elf64_Shdr *section = specimen_section(&specimen, JUMPSLOT_SECTION_DEBUG);

	ck_assert_uint_ne(section->sh_flags & SHF_COMPRESSED, 0);
	ck_assert(first_place(&specimen));
	specimen_close(&specimen);
}
END_TEST

START_TEST(compressed_debug_information_that_lies_about_its_size_is_left_out)
{
	static const uint64_t sizes[] = {
		0,	    1,		0x7ffffff,	   0x8000000,
		0x8000001,  UINT32_MAX, UINT64_C(1) << 40, INT64_MAX,
		UINT64_MAX,
	};

	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct specimen specimen = specimen_open(COMPRESSED);
		Elf64_Chdr *header = specimen_contents(&specimen, JUMPSLOT_SECTION_DEBUG);

		header->ch_size = sizes[i];
		ck_assert(!first_place(&specimen));
		check_accepted(&specimen);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		four_billion_imports_are_refused_without_being_read,
		one_import_too_many_is_refused,
		huge_strings_are_refused_without_being_read,
		huge_names_of_sections_are_refused_without_being_read,
		millions_of_sections_are_refused_without_being_read,
		names_of_sections_without_an_end_do_not_take_long,
		huge_debug_information_is_left_out,
		huge_symbol_tables_are_left_out,
		huge_segments_are_refused_or_not_read,
		compressed_debug_information_is_read,
		compressed_debug_information_that_lies_about_its_size_is_left_out,
	};

	return unit_run("scan: huge", tests, COUNT(tests));
}
