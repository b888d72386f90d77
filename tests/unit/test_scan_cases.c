/*
 * The scan of a guest with one thing wrong: what is said of it. Addresses and numbers of
 * segments are the linker's to choose, so '*' stands for them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <jumpslot/external_abi.h>
#include "specimen.h"

#define HELLO	   "guests/hello-x86_64.elf"
#define HELLO_I386 "guests/hello-i386.elf"
#define PIE	   "unit/pie.elf"
#define CALCULATOR "guests/calculator-x86_64.elf"

struct wrong {
	void (*damage)(struct specimen *specimen);
	const char *text; /* NULL: accepted all the same */
};

static void check_wrong(const char *guest, const struct wrong *wrong, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct specimen specimen = specimen_open(guest);
		struct message message = blank_message();
		int error;

		wrong[i].damage(&specimen);
		error = specimen_scan(&specimen, &message);
		if (wrong[i].text)
			ck_assert_msg(error && text_matches(message.text, wrong[i].text),
				      "expected: %s\ngot: %s", wrong[i].text,
				      error ? message.text : "acceptance");
		else
			ck_assert_msg(!error, "refused: %s", message.text);
		specimen_close(&specimen);
	}
}

/* Of the loaded segments, the first with exactly these flags. */
static Elf64_Phdr *loaded(struct specimen *specimen, uint32_t flags)
{
	Elf64_Phdr *segment = specimen_segment(specimen, 0);

	while (segment->p_type != PT_LOAD || segment->p_flags != flags)
		segment++;
	return segment;
}

/* A segment that the guest does not need. */
static Elf64_Phdr *spare(struct specimen *specimen)
{
	Elf64_Phdr *segment = specimen_segment(specimen, 0);

	while (segment->p_type != PT_GNU_STACK)
		segment++;
	return segment;
}

static struct jumpslot_import *import(struct specimen *specimen, size_t index)
{
	struct jumpslot_import *imports =
		specimen_contents(specimen, JUMPSLOT_SECTION_SYMTAB);

	return &imports[index];
}

/* The descriptor, after header and owner. */
static struct jumpslot_note_desc *note(struct specimen *specimen)
{
	char *bytes = specimen_contents(specimen, JUMPSLOT_SECTION_NOTE);

	return (struct jumpslot_note_desc *)(bytes + sizeof(Elf64_Nhdr) + 12);
}

static char *strings(struct specimen *specimen)
{
	return specimen_contents(specimen, JUMPSLOT_SECTION_STR);
}

static Elf64_Shdr *symtab(struct specimen *specimen)
{
	return specimen_section(specimen, JUMPSLOT_SECTION_SYMTAB);
}

static void rename_section(struct specimen *specimen, const char *from, const char *to)
{
	specimen_section(specimen, from)->sh_name =
		to ? specimen_section(specimen, to)->sh_name : 0;
}

#define WRONG(name, action)                                                              \
	static void name(struct specimen *s)                                             \
	{                                                                                \
		action;                                                                  \
	}

WRONG(nothing, (void)s)
WRONG(header_cut, specimen_resize(s, sizeof(Elf64_Ehdr) - 1))
WRONG(no_magic, s->bytes[0] = 0)
WRONG(class_none, s->bytes[EI_CLASS] = 3)
WRONG(class_32, s->bytes[EI_CLASS] = ELFCLASS32)
WRONG(big_endian, s->bytes[EI_DATA] = ELFDATA2MSB)
WRONG(ident_version, s->bytes[EI_VERSION] = 2)
WRONG(machine, specimen_header(s)->e_machine = EM_AARCH64)
WRONG(type_rel, specimen_header(s)->e_type = ET_REL)
WRONG(type_core, specimen_header(s)->e_type = ET_CORE)
WRONG(stripped, specimen_header(s)->e_shoff = 0)
WRONG(sections_outside, specimen_header(s)->e_shoff = s->size - 64)
WRONG(sections_unaligned, specimen_header(s)->e_shoff += 1)
WRONG(section_size, specimen_header(s)->e_shentsize = 63)
WRONG(segment_size, specimen_header(s)->e_phentsize = 55)
WRONG(segments_outside, specimen_header(s)->e_phoff = s->size)
WRONG(no_segments, specimen_header(s)->e_phnum = 0)
WRONG(extended_segments, specimen_header(s)->e_phnum = PN_XNUM)
WRONG(extended_sections, specimen_header(s)->e_shnum = 0)
WRONG(extended_names, specimen_header(s)->e_shstrndx = SHN_XINDEX)
WRONG(names_without_section, specimen_header(s)->e_shstrndx = 0xfff0)
WRONG(names_elsewhere, specimen_header(s)->e_shstrndx = 1)
WRONG(names_without_end, specimen_section(s, ".shstrtab")->sh_size -= 1)
WRONG(names_empty, specimen_section(s, ".shstrtab")->sh_size = 0)
WRONG(names_huge, specimen_section(s, ".shstrtab")->sh_size = 0x1000001)
WRONG(names_outside, specimen_section(s, ".shstrtab")->sh_offset = s->size)
WRONG(names_compressed, specimen_section(s, ".shstrtab")->sh_flags = SHF_COMPRESSED)

START_TEST(what_is_wrong_with_the_header_is_said)
{
	static const char unreadable[] = "the sections' names: 0x* bytes at 0x* are not "
					 "strings within the file";
	static const struct wrong wrong[] = {
		{ nothing, NULL },
		{ header_cut, "the ELF header is cut short" },
		{ no_magic, "not an ELF file" },
		{ class_none, "ELF class 3: neither 32 nor 64 bit" },
		{ class_32, "ELF class 1 does not fit machine 62" },
		{ big_endian, "ELF data encoding 2: not little-endian" },
		{ ident_version, "ELF version 2: only 1 is known" },
		{ machine, "ELF machine 183: not supported (expected x86-64 or i386)" },
		{ type_rel, "ELF type ET_REL: not a linked image" },
		{ type_core, "ELF type ET_CORE: not a linked image" },
		{ stripped, "no section headers: were they stripped?" },
		{ sections_outside,
		  "* section headers of 64 bytes at 0x*: not within the "
		  "file of * bytes" },
		{ sections_unaligned,
		  "* section headers of 64 bytes at 0x*: not within the "
		  "file of * bytes" },
		{ section_size,
		  "* section headers of 63 bytes at 0x*: not within the file of "
		  "* bytes" },
		{ segment_size,
		  "* program headers of 55 bytes at 0x40: not within the file "
		  "of * bytes" },
		{ segments_outside,
		  "* program headers of 56 bytes at 0x*: not within the "
		  "file of * bytes" },
		{ no_segments, "nothing to load: no PT_LOAD segment" },
		{ extended_segments, "65535 segments or more" },
		{ extended_sections,
		  "the ELF header does not say how many section headers "
		  "there are" },
		{ extended_names, "no section with the sections' names" },
		{ names_without_section, "no section with the sections' names" },
		{ names_elsewhere, "no section with the sections' names" },
		{ names_without_end, unreadable },
		{ names_empty, unreadable },
		{ names_outside, unreadable },
		{ names_compressed, "the sections' names: compressed, or 0x* bytes: at "
				    "most 0x1000000" },
		{ names_huge,
		  "the sections' names: compressed, or 0x1000001 bytes: at most "
		  "0x1000000" },
	};

	check_wrong(HELLO, wrong, COUNT(wrong));
}
END_TEST

WRONG(writable_code, loaded(s, PF_R | PF_X)->p_flags |= PF_W)
WRONG(page_zero, loaded(s, PF_R)->p_vaddr = 0)
WRONG(kernel_half, loaded(s, PF_R)->p_vaddr = 0xffffffff80000000)
WRONG(wraps, loaded(s, PF_R)->p_memsz = UINT64_MAX - 0x1000)
WRONG(outside_file, loaded(s, PF_R | PF_W)->p_offset = s->size & ~(uint64_t)0xfff)
WRONG(more_than_memory, loaded(s, PF_R | PF_W)->p_memsz = 1)
WRONG(unaligned, loaded(s, PF_R | PF_W)->p_vaddr += 8)
WRONG(alignment, loaded(s, PF_R | PF_W)->p_align = 0x1800)
WRONG(huge_alignment, loaded(s, PF_R | PF_W)->p_align = 0x80000000)
WRONG(overlap, loaded(s, PF_R | PF_W)->p_vaddr = loaded(s, PF_R | PF_X)->p_vaddr)
WRONG(tls, spare(s)->p_type = PT_TLS)
WRONG(interpreter, spare(s)->p_type = PT_INTERP)
WRONG(entry_in_data, specimen_header(s)->e_entry = loaded(s, PF_R | PF_W)->p_vaddr)
WRONG(entry_behind_code, specimen_header(s)->e_entry = loaded(s, PF_R | PF_X)->p_vaddr +
						       loaded(s, PF_R | PF_X)->p_filesz)
WRONG(entry_zero, specimen_header(s)->e_entry = 0)

START_TEST(what_is_wrong_with_a_segment_is_said)
{
	static const struct wrong wrong[] = {
		{ writable_code, "segment 1 at 0x* is writable and executable: *" },
		{ page_zero, "segment 0 at 0x0: page zero stays unmapped, to catch null "
			     "pointers" },
		{ kernel_half,
		  "segment 0: 0x* bytes at address 0xffffffff80000000 do not "
		  "lie below 0x7ffffffff000" },
		{ wraps, "segment 0: 0xffffffffffffefff bytes at address 0x* do not lie "
			 "below 0x7ffffffff000" },
		{ outside_file,
		  "segment 3: 0x* bytes at offset 0x* do not lie within the "
		  "file of 0x* bytes" },
		{ more_than_memory, "segment 3: 0x* bytes in the file, 0x1 in memory" },
		{ unaligned,
		  "segment 3: address 0x* and offset 0x* differ within a page: "
		  "link without -n or -N" },
		{ alignment, "segment 3: alignment 0x1800 is not a power of two" },
		{ huge_alignment, "segment 3: alignment 0x80000000: at most 0x40000000" },
		{ overlap, "segment 3 at 0x* shares a page with the segment at 0x*" },
		{ tls, "thread-local storage (PT_TLS) needs FS or GS, which belong to "
		       "the host: link newlib "
		       "instead of glibc (docs/lua-guest.md)" },
		{ interpreter, "a dynamic program (PT_INTERP): guests are linked "
			       "statically" },
		{ entry_in_data, "the entry 0x* lies outside executable code" },
		{ entry_behind_code, "the entry 0x* lies outside executable code" },
		{ entry_zero, "no entry: no _start (expected JUMPSLOT_ENTRY; a program "
			      "with main() needs jumpslot-cc --newlib)" },
	};

	check_wrong(HELLO, wrong, COUNT(wrong));
}
END_TEST

/* The dynamic entry with that tag. */
static Elf64_Dyn *dynamic(struct specimen *specimen, int64_t tag)
{
	Elf64_Dyn *entry = specimen_contents(specimen, ".dynamic");

	while (entry->d_tag != tag)
		entry++;
	return entry;
}

/* DT_DEBUG is there in every static PIE and means nothing to us. */
static void replace_dynamic(struct specimen *specimen, int64_t tag, uint64_t value)
{
	*dynamic(specimen, DT_DEBUG) = (Elf64_Dyn){ tag, { value } };
}

static Elf64_Phdr *dynamic_segment(struct specimen *specimen)
{
	Elf64_Phdr *segment = specimen_segment(specimen, 0);

	while (segment->p_type != PT_DYNAMIC)
		segment++;
	return segment;
}

WRONG(needed, replace_dynamic(s, DT_NEEDED, 1))
WRONG(textrel, replace_dynamic(s, DT_TEXTREL, 0))
WRONG(jmprel, replace_dynamic(s, DT_JMPREL, 0x1000))
WRONG(rel, replace_dynamic(s, DT_REL, 0x1000))
WRONG(relr_outside, replace_dynamic(s, DT_RELRSZ, 0x80000))
WRONG(rela_outside, dynamic(s, DT_RELA)->d_un.d_val = 0x7fffffff0000)
WRONG(rela_too_long, dynamic(s, DT_RELASZ)->d_un.d_val = 24 * 0x10000)
WRONG(rela_cut, dynamic(s, DT_RELASZ)->d_un.d_val = 47)
WRONG(rela_unaligned, dynamic(s, DT_RELA)->d_un.d_val += 4)
WRONG(rela_entries, dynamic(s, DT_RELAENT)->d_un.d_val = 16)
WRONG(dynamic_outside, dynamic_segment(s)->p_offset = s->size)
WRONG(dynamic_large, dynamic_segment(s)->p_filesz = 0x10010)

START_TEST(what_is_wrong_with_a_static_pie_is_said)
{
	static const char outside[] = "PT_DYNAMIC: 0x* bytes at offset 0x* do not lie "
				      "within the file, or are more than 0x10000";
	static const struct wrong wrong[] = {
		{ nothing, NULL },
		{ needed, "needs a shared library (DT_NEEDED): guests are linked "
			  "statically" },
		{ textrel, "relocates its code (DT_TEXTREL)" },
		{ jmprel, "has relocations that only a dynamic linker applies (tag 23)" },
		{ rel, "has relocations that only a dynamic linker applies (tag 17)" },
		{ relr_outside,
		  "RELR: 0x80000 bytes of 8-byte entries at 0x0: not 8-byte "
		  "entries within a segment" },
		{ rela_outside,
		  "RELA: 0x* bytes of 24-byte entries at 0x7fffffff0000: not "
		  "24-byte entries within a segment" },
		{ rela_too_long, "RELA: 0x180000 bytes of 24-byte entries at 0x*: not "
				 "24-byte entries within a segment" },
		{ rela_cut, "RELA: 0x2f bytes of 24-byte entries at 0x*: not 24-byte "
			    "entries within a segment" },
		{ rela_unaligned,
		  "RELA: 0x* bytes of 24-byte entries at 0x*: not 24-byte "
		  "entries within a segment" },
		{ rela_entries, "RELA: 0x* bytes of 16-byte entries at 0x*: not 24-byte "
				"entries within a segment" },
		{ dynamic_outside, outside },
		{ dynamic_large, outside },
	};

	check_wrong(PIE, wrong, COUNT(wrong));
}
END_TEST

WRONG(abi_version, note(s)->abi_version = 2)
WRONG(note_type, note(s)[-2].resolver = JUMPSLOT_NOTE_PROVIDER)
WRONG(note_owner, strcpy((char *)(note(s) + 1) - 20, "jumpslop"))
WRONG(resolver_unaligned, note(s)->resolver += 4)
WRONG(resolver_outside, note(s)->resolver += 0x100000)
WRONG(no_note, rename_section(s, JUMPSLOT_SECTION_NOTE, NULL))
WRONG(no_slots, rename_section(s, JUMPSLOT_SECTION_JMPTBL, NULL))
WRONG(no_strings, rename_section(s, JUMPSLOT_SECTION_STR, NULL))
WRONG(no_table, rename_section(s, JUMPSLOT_SECTION_SYMTAB, NULL))
WRONG(no_debug, rename_section(s, JUMPSLOT_SECTION_DEBUG, NULL))
WRONG(empty_table, symtab(s)->sh_size = 0)
WRONG(two_tables, rename_section(s, ".comment", JUMPSLOT_SECTION_SYMTAB))
WRONG(two_debugs, rename_section(s, ".comment", JUMPSLOT_SECTION_DEBUG))
WRONG(table_cut, symtab(s)->sh_size = 15)
WRONG(table_outside, symtab(s)->sh_offset = s->size - 8)
WRONG(table_elsewhere, symtab(s)->sh_addr += 0x10000)
WRONG(table_not_loaded, symtab(s)->sh_flags = 0)
WRONG(table_compressed, symtab(s)->sh_flags |= SHF_COMPRESSED)
WRONG(table_empty, symtab(s)->sh_type = SHT_NOBITS)
WRONG(readonly_slots, loaded(s, PF_R | PF_W)->p_flags = PF_R)

START_TEST(what_is_wrong_with_a_section_is_said)
{
	static const char unbuilt[] =
		"no section .note.jumpslot or .externals.jmptbl: no file of "
		"the guest includes jumpslot/external_func.h (needed even "
		"without imports)";
	static const char unloaded[] = "section .externals.symtab: 0x10 bytes at 0x* are "
				       "not loaded by a segment of their kind";
	static const char resolver[] =
		"the resolver pointer at 0x* is not an aligned word of "
		"section .externals.jmptbl (0x1000 bytes at 0x*)";
	static const char no_guest[] = "section .note.jumpslot holds no note of a guest";
	static const struct wrong wrong[] = {
		{ abi_version, "ABI version 2: this host-wrapper knows version 1" },
		{ note_type, no_guest },
		{ note_owner, no_guest },
		{ resolver_unaligned, resolver },
		{ resolver_outside, resolver },
		{ no_note, unbuilt },
		{ no_slots, unbuilt },
		{ no_strings,
		  "section .externals.symtab, but no section .externals.str" },
		{ no_table, NULL },
		{ no_debug, NULL },
		{ empty_table, NULL },
		{ two_tables, "two sections are called .externals.symtab" },
		{ two_debugs, NULL },
		{ table_cut, "section .externals.symtab has 15 bytes: not a multiple of "
			     "16" },
		{ table_outside,
		  "section .externals.symtab: 0x10 bytes at 0x* do not lie "
		  "within the file of * bytes" },
		{ table_elsewhere, unloaded },
		{ table_not_loaded, unloaded },
		{ table_compressed,
		  "section .externals.symtab is compressed; expected only "
		  ".debug_externals to be" },
		{ table_empty, "section .externals.symtab has no contents" },
		{ readonly_slots,
		  "section .externals.jmptbl: 0x1000 bytes at 0x* are not "
		  "loaded by a segment of their kind" },
	};

	check_wrong(HELLO, wrong, COUNT(wrong));
}
END_TEST

/* Of two imports, the second gets the field of the first. */
#define SHARE(field)                                                                     \
	(import(s, 1)->field = import(s, 0)->field - (int)sizeof(*import(s, 0)))

static size_t strings_end(struct specimen *specimen)
{
	return specimen_section(specimen, JUMPSLOT_SECTION_STR)->sh_size - 1;
}

/* Takes the NUL off the last string; returns where import 0's type finds that byte. */
static int32_t end_of_strings(struct specimen *specimen)
{
	const Elf64_Shdr *section = specimen_section(specimen, JUMPSLOT_SECTION_STR);

	strings(specimen)[strings_end(specimen)] = 'i';
	return (int32_t)(section->sh_addr + strings_end(specimen) -
			 symtab(specimen)->sh_addr -
			 offsetof(struct jumpslot_import, type));
}

/* Where the slot of import 0 is to lie. */
static void move_slot(struct specimen *specimen, uint64_t address)
{
	import(specimen, 0)->slot = (int32_t)(address - symtab(specimen)->sh_addr -
					      offsetof(struct jumpslot_import, slot));
}

static uint64_t resolver_pointer(struct specimen *specimen)
{
	uint64_t field =
		(uint64_t)((uint8_t *)&note(specimen)->resolver - specimen->bytes);
	const Elf64_Shdr *section = specimen_section(specimen, JUMPSLOT_SECTION_NOTE);

	return section->sh_addr + field - section->sh_offset +
	       (uint64_t)(int64_t)note(specimen)->resolver;
}

static uint64_t slots_end(struct specimen *specimen)
{
	const Elf64_Shdr *slots = specimen_section(specimen, JUMPSLOT_SECTION_JMPTBL);

	return slots->sh_addr + slots->sh_size;
}

WRONG(name_outside, import(s, 0)->name = INT32_MAX)
WRONG(name_before, import(s, 0)->name = INT32_MIN)
WRONG(name_of_escapes, strings(s)[0] = '\x1b')
WRONG(name_of_newline, strings(s)[1] = '\n')
WRONG(name_of_nothing, strings(s)[0] = 0)
WRONG(strings_unterminated, memset(strings(s), 'a', strings_end(s) + 1))
WRONG(type_outside, import(s, 0)->type = INT32_MAX)
WRONG(type_unterminated, import(s, 0)->type = end_of_strings(s))
WRONG(type_unknown, import(s, 0)->type = 0)
WRONG(flags_unknown, import(s, 0)->flags = 0x100)
WRONG(flags_i386, import(s, 0)->flags = JUMPSLOT_REGPARM3)
WRONG(slot_unaligned, import(s, 0)->slot += 4)
WRONG(slot_in_code, move_slot(s, loaded(s, PF_R | PF_X)->p_vaddr))
WRONG(slot_behind, move_slot(s, slots_end(s)))
WRONG(slot_at_end, move_slot(s, slots_end(s) - 8))
WRONG(slot_of_resolver, move_slot(s, resolver_pointer(s)))
WRONG(slot_shared, SHARE(slot))
WRONG(name_shared, SHARE(name))
WRONG(type_shared, SHARE(type))

START_TEST(what_is_wrong_with_an_import_is_said)
{
	static const char no_string[] =
		"import 0: its name is not a string within section "
		".externals.str";
	static const char no_symbol[] = "import 0: its name is not a symbol of 1 to 1023 "
					"letters, digits and _.$";
	static const char no_type[] =
		"import 0 (*): its type is not a type string within "
		"section .externals.str";
	static const char no_slot[] =
		"import 0 (*): its slot 0x* is not an aligned word of "
		"section .externals.jmptbl (0x1000 bytes at 0x*)";
	static const struct wrong wrong[] = {
		{ nothing, NULL },
		{ name_outside, no_string },
		{ name_before, no_string },
		{ name_of_escapes, no_symbol },
		{ name_of_newline, no_symbol },
		{ name_of_nothing, no_symbol },
		{ strings_unterminated, no_string },
		{ type_outside, no_type },
		{ type_unterminated, no_type },
		{ type_unknown, NULL },
		{ flags_unknown, "import 0 (*): flags 0x100 are not all known for this "
				 "machine" },
		{ flags_i386, "import 0 (*): flags 0x10 are not all known for this "
			      "machine" },
		{ slot_unaligned, no_slot },
		{ slot_in_code, no_slot },
		{ slot_behind, no_slot },
		{ slot_at_end, NULL },
		{ slot_of_resolver,
		  "import 0 (*): its slot 0x* is the resolver pointer" },
		{ slot_shared, "import 1 (*) has the slot of import 0 (*)" },
		{ name_shared, "imports 0 and 1 are both called *" },
		{ type_shared, NULL },
	};

	check_wrong(CALCULATOR, wrong, COUNT(wrong));
}
END_TEST

WRONG(i386_pie, ((Elf32_Ehdr *)s->bytes)->e_type = ET_DYN)
WRONG(i386_class, s->bytes[EI_CLASS] = ELFCLASS64)
WRONG(i386_page_zero, ((Elf32_Phdr *)(s->bytes + sizeof(Elf32_Ehdr)))->p_vaddr = 0)
WRONG(i386_wraps, ((Elf32_Phdr *)(s->bytes + sizeof(Elf32_Ehdr)))->p_vaddr = 0xfffff000)

START_TEST(what_is_wrong_with_an_i386_guest_is_said)
{
	static const struct wrong wrong[] = {
		{ nothing, NULL },
		{ i386_pie, "a position-independent i386 image: link with -no-pie" },
		{ i386_class, "ELF class 2 does not fit machine 3" },
		{ i386_page_zero, "segment 0 at 0x0: page zero stays unmapped, to catch "
				  "null pointers" },
		{ i386_wraps,
		  "segment 0: 0x* bytes at address 0xfffff000 do not lie below "
		  "0xfffff000" },
	};

	check_wrong(HELLO_I386, wrong, COUNT(wrong));
}
END_TEST

/* The scan of an open descriptor, which it closes. */
static void check_descriptor(int fd, const char *text)
{
	struct message message = blank_message();
	struct scan scan;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(scan_open(&scan, fd, &message), -ENOEXEC);
	ck_assert_str_eq(message.text, text);
	close(fd);
}

static int memory_file(const char *contents)
{
	int fd = memfd_create("contents", MFD_CLOEXEC);

	ck_assert_int_eq(write(fd, contents, strlen(contents)),
			 (ssize_t)strlen(contents));
	return fd;
}

START_TEST(what_is_no_elf_file_is_said)
{
	int pipes[2];

	ck_assert_int_eq(pipe(pipes), 0);
	check_descriptor(pipes[0], "not a regular file");
	close(pipes[1]);
	check_descriptor(open("/", O_RDONLY | O_CLOEXEC), "not a regular file");
	check_descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC), "not a regular file");
	check_descriptor(memory_file(""), "the file is empty");
	check_descriptor(memory_file("\177ELF"), "not an ELF file");
	check_descriptor(memory_file("#!/bin/sh\nexit 0\n"), "not an ELF file");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		what_is_wrong_with_the_header_is_said,
		what_is_wrong_with_a_segment_is_said,
		what_is_wrong_with_a_static_pie_is_said,
		what_is_wrong_with_a_section_is_said,
		what_is_wrong_with_an_import_is_said,
		what_is_wrong_with_an_i386_guest_is_said,
		what_is_no_elf_file_is_said,
	};

	return unit_run("scan: cases", tests, COUNT(tests));
}
