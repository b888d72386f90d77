/*
 * The scan of a guest that is cut short anywhere, or that holds an extreme value in any
 * one field, or in an offset and its size: it is refused in a line, or holds.
 */
#include <errno.h>
#include <string.h>

#include "specimen.h"

static const char *const guests[] = {
	"guests/hello-x86_64.elf",
	"guests/hello-i386.elf",
	"unit/pie.elf",
};

struct field {
	size_t offset;
	size_t width;
};

/* An offset and a size that belong together. */
struct pair {
	struct field first;
	struct field second;
};

#define FIELD(type, name)                                                                \
	{                                                                                \
		offsetof(type, name), sizeof(((type *)0)->name)                          \
	}
#define EHDR_FIELDS(E)                                                                   \
	FIELD(E, e_type), FIELD(E, e_machine), FIELD(E, e_version), FIELD(E, e_entry),   \
		FIELD(E, e_phoff), FIELD(E, e_shoff), FIELD(E, e_flags),                 \
		FIELD(E, e_ehsize), FIELD(E, e_phentsize), FIELD(E, e_phnum),            \
		FIELD(E, e_shentsize), FIELD(E, e_shnum), FIELD(E, e_shstrndx)
#define PHDR_FIELDS(P)                                                                   \
	FIELD(P, p_type), FIELD(P, p_offset), FIELD(P, p_vaddr), FIELD(P, p_paddr),      \
		FIELD(P, p_filesz), FIELD(P, p_memsz), FIELD(P, p_flags),                \
		FIELD(P, p_align)
#define SHDR_FIELDS(S)                                                                   \
	FIELD(S, sh_name), FIELD(S, sh_type), FIELD(S, sh_flags), FIELD(S, sh_addr),     \
		FIELD(S, sh_offset), FIELD(S, sh_size), FIELD(S, sh_link),               \
		FIELD(S, sh_info), FIELD(S, sh_addralign), FIELD(S, sh_entsize)
#define PAIR(type, first, second)                                                        \
	{                                                                                \
		FIELD(type, first), FIELD(type, second)                                  \
	}
#define PHDR_PAIRS(P)                                                                    \
	PAIR(P, p_offset, p_filesz), PAIR(P, p_vaddr, p_memsz),                          \
		PAIR(P, p_filesz, p_memsz), PAIR(P, p_offset, p_vaddr)
#define SHDR_PAIRS(S) PAIR(S, sh_offset, sh_size), PAIR(S, sh_addr, sh_size)
#define EHDR_PAIRS(E)                                                                    \
	PAIR(E, e_phoff, e_phnum), PAIR(E, e_shoff, e_shnum), PAIR(E, e_shnum, e_shstrndx)

/* The tables of a class of files. */
struct layout {
	size_t header_size, segment_size, section_size;
	struct field header[13], segment[8], section[10];
	struct pair header_pairs[3], segment_pairs[4], section_pairs[2];
};

#define LAYOUT(E, P, S)                                                                  \
	{                                                                                \
		sizeof(E), sizeof(P), sizeof(S), { EHDR_FIELDS(E) }, { PHDR_FIELDS(P) }, \
			{ SHDR_FIELDS(S) }, { EHDR_PAIRS(E) }, { PHDR_PAIRS(P) },        \
		{                                                                        \
			SHDR_PAIRS(S)                                                    \
		}                                                                        \
	}
static const struct layout layouts[] = {
	LAYOUT(Elf32_Ehdr, Elf32_Phdr, Elf32_Shdr),
	LAYOUT(Elf64_Ehdr, Elf64_Phdr, Elf64_Shdr),
};

/* A guest, where its tables lie, and how many scans were refused and accepted. */
struct sweep {
	struct specimen specimen;
	const struct layout *layout;
	size_t segments, segment_count;
	size_t sections, section_count;
	size_t refused, accepted;
};

static uint64_t get(const struct sweep *sweep, size_t at, size_t width)
{
	uint64_t value = 0;

	memcpy(&value, sweep->specimen.bytes + at, width);
	return value;
}

static void put(struct sweep *sweep, size_t at, size_t width, uint64_t value)
{
	memcpy(sweep->specimen.bytes + at, &value, width);
}

static struct sweep open_sweep(const char *name)
{
	struct sweep sweep = { .specimen = specimen_open(name) };
	const struct layout *layout;

	layout = &layouts[sweep.specimen.bytes[EI_CLASS] == ELFCLASS64];
	sweep.layout = layout;
	sweep.segments = get(&sweep, layout->header[4].offset, layout->header[4].width);
	sweep.sections = get(&sweep, layout->header[5].offset, layout->header[5].width);
	sweep.segment_count = get(&sweep, layout->header[9].offset, 2);
	sweep.section_count = get(&sweep, layout->header[11].offset, 2);
	return sweep;
}

static void scan(struct sweep *sweep)
{
	struct message message;

	if (specimen_scan(&sweep->specimen, &message))
		sweep->refused++;
	else
		sweep->accepted++;
}

#define EXTREMES      14
#define PAIR_EXTREMES 9 /* the first ones; all of them would take minutes */

/* Both outcomes must have been seen, or the sweep showed nothing. */
static void check_both(const struct sweep *sweep)
{
	ck_assert_uint_gt(sweep->refused, 0);
	ck_assert_uint_gt(sweep->accepted, 0);
}

/* The extremes of a field of that width, and the neighbours of what it holds. */
static uint64_t extreme(const struct sweep *sweep, size_t which, uint64_t value,
			size_t width)
{
	uint64_t ones = UINT64_MAX >> (64 - 8 * width);
	uint64_t size = sweep->specimen.size;
	const uint64_t values[EXTREMES] = {
		0,	   1,	      ones >> 1, (ones >> 1) + 1, ones,
		size,	   size - 1,  size + 1,	 0 - value,	  ones - 1,
		value - 1, value + 1, value * 2, value + 4096,
	};

	return values[which];
}

static void sweep_field(struct sweep *sweep, size_t at, size_t width, size_t extremes)
{
	uint64_t value = get(sweep, at, width);

	for (size_t i = 0; i < extremes; i++) {
		put(sweep, at, width, extreme(sweep, i, value, width));
		scan(sweep);
	}
	put(sweep, at, width, value);
}

static void sweep_pair(struct sweep *sweep, size_t base, const struct pair *pair)
{
	size_t at = base + pair->first.offset;
	uint64_t value = get(sweep, at, pair->first.width);

	for (size_t i = 0; i < PAIR_EXTREMES; i++) {
		put(sweep, at, pair->first.width,
		    extreme(sweep, i, value, pair->first.width));
		sweep_field(sweep, base + pair->second.offset, pair->second.width,
			    PAIR_EXTREMES);
	}
	put(sweep, at, pair->first.width, value);
}

static void sweep_fields(struct sweep *sweep, size_t base, const struct field *fields,
			 size_t count)
{
	for (size_t i = 0; i < count; i++)
		sweep_field(sweep, base + fields[i].offset, fields[i].width, EXTREMES);
}

static void sweep_pairs(struct sweep *sweep, size_t base, const struct pair *pairs,
			size_t count)
{
	for (size_t i = 0; i < count; i++)
		sweep_pair(sweep, base, &pairs[i]);
}

static void sweep_headers(struct sweep *sweep)
{
	const struct layout *layout = sweep->layout;

	for (size_t at = 0; at < EI_NIDENT; at++)
		sweep_field(sweep, at, 1, EXTREMES);
	sweep_fields(sweep, 0, layout->header, COUNT(layout->header));
	for (size_t i = 0; i < sweep->segment_count; i++)
		sweep_fields(sweep, sweep->segments + i * layout->segment_size,
			     layout->segment, COUNT(layout->segment));
	for (size_t i = 0; i < sweep->section_count; i++)
		sweep_fields(sweep, sweep->sections + i * layout->section_size,
			     layout->section, COUNT(layout->section));
}

START_TEST(a_guest_cut_short_anywhere_is_refused_or_whole)
{
	for (size_t i = 0; i < COUNT(guests); i++) {
		struct sweep sweep = open_sweep(guests[i]);

		scan(&sweep);
		ck_assert_uint_eq(sweep.accepted, 1);
		for (size_t size = sweep.specimen.size; size--;) {
			specimen_resize(&sweep.specimen, size);
			scan(&sweep);
		}
		ck_assert_uint_eq(sweep.accepted, 1);
		specimen_close(&sweep.specimen);
	}
}
END_TEST

START_TEST(an_extreme_value_in_any_header_field_is_refused_or_holds)
{
	for (size_t i = 0; i < COUNT(guests); i++) {
		struct sweep sweep = open_sweep(guests[i]);

		sweep_headers(&sweep);
		check_both(&sweep);
		specimen_close(&sweep.specimen);
	}
}
END_TEST

START_TEST(extreme_values_in_offset_and_size_are_refused_or_hold)
{
	for (size_t i = 0; i < COUNT(guests); i++) {
		struct sweep sweep = open_sweep(guests[i]);
		const struct layout *layout = sweep.layout;

		sweep_pairs(&sweep, 0, layout->header_pairs, COUNT(layout->header_pairs));
		for (size_t j = 0; j < sweep.segment_count; j++)
			sweep_pairs(&sweep, sweep.segments + j * layout->segment_size,
				    layout->segment_pairs, COUNT(layout->segment_pairs));
		for (size_t j = 0; j < sweep.section_count; j++)
			sweep_pairs(&sweep, sweep.sections + j * layout->section_size,
				    layout->section_pairs, COUNT(layout->section_pairs));
		check_both(&sweep);
		specimen_close(&sweep.specimen);
	}
}
END_TEST

/* All words of a section of a 64-bit guest. */
static struct sweep sweep_section(const char *guest, const char *name, size_t width)
{
	struct sweep sweep = open_sweep(guest);
	const Elf64_Shdr *section = specimen_section(&sweep.specimen, name);
	size_t start = section->sh_offset, end = start + section->sh_size;

	for (size_t at = start; at + width <= end; at += width)
		sweep_field(&sweep, at, width, EXTREMES);
	specimen_close(&sweep.specimen);
	return sweep;
}

static void sweep_refusable(const char *guest, const char *name, size_t width)
{
	struct sweep sweep = sweep_section(guest, name, width);

	check_both(&sweep);
}

static void sweep_harmless(const char *guest, const char *name, size_t width)
{
	struct sweep sweep = sweep_section(guest, name, width);

	ck_assert_uint_eq(sweep.refused, 0);
}

START_TEST(an_extreme_value_in_note_table_or_strings_is_refused_or_holds)
{
	sweep_refusable(guests[0], ".note.jumpslot", 4);
	sweep_refusable(guests[0], ".externals.symtab", 4);
	sweep_refusable(guests[0], ".externals.str", 1);
	sweep_refusable("unit/pie.elf", ".dynamic", 8);
}
END_TEST

START_TEST(damaged_debug_information_and_symbols_refuse_no_guest)
{
	sweep_harmless(guests[0], ".debug_externals", 1);
	sweep_harmless(guests[0], ".symtab", 8);
	sweep_harmless(guests[0], ".strtab", 1);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_guest_cut_short_anywhere_is_refused_or_whole,
		an_extreme_value_in_any_header_field_is_refused_or_holds,
		extreme_values_in_offset_and_size_are_refused_or_hold,
		an_extreme_value_in_note_table_or_strings_is_refused_or_holds,
		damaged_debug_information_and_symbols_refuse_no_guest,
	};

	return unit_run("scan: sweep", tests, COUNT(tests));
}
