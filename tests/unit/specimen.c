/* Memory files, scans, and what must hold after each. See specimen.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "launcher/scan/abi_strings.h"
#include "launcher/scan/symbols.h"
#include "common/page.h"
#include "specimen.h"

/* Maps the whole memory file, so that damage needs no write. */
static void map(struct specimen *specimen)
{
	void *at = mmap(NULL, specimen->size, PROT_READ | PROT_WRITE, MAP_SHARED,
			specimen->fd, 0);

	ck_assert_ptr_ne(at, MAP_FAILED);
	specimen->bytes = at;
}

struct specimen specimen_open(const char *name)
{
	struct specimen specimen = { .fd = memfd_create("specimen", MFD_CLOEXEC) };
	int from = open(unit_path(name), O_RDONLY | O_CLOEXEC);
	struct stat status;

	ck_assert_msg(from >= 0 && specimen.fd >= 0 && !fstat(from, &status), "%s: %s",
		      unit_path(name), strerror(errno));
	specimen.size = (size_t)status.st_size;
	ck_assert_int_eq(sendfile(specimen.fd, from, NULL, specimen.size),
			 status.st_size);
	close(from);
	map(&specimen);
	return specimen;
}

void specimen_close(struct specimen *specimen)
{
	munmap(specimen->bytes, specimen->size);
	close(specimen->fd);
}

void specimen_resize(struct specimen *specimen, uint64_t size)
{
	ck_assert_int_eq(ftruncate(specimen->fd, (off_t)size), 0);
}

size_t specimen_append(struct specimen *specimen, size_t size)
{
	size_t at = (specimen->size + 15) & ~(size_t)15;

	munmap(specimen->bytes, specimen->size);
	specimen->size = at + size;
	specimen_resize(specimen, specimen->size);
	map(specimen);
	return at;
}

int scan_open(struct scan *scan, int fd, struct message *message)
{
	int error = elf_file_open(&scan->file, fd, message);

	if (error)
		return error;
	error = image_read(&scan->image, &scan->file, message);
	if (!error)
		error = imports_read(&scan->table, &scan->file, &scan->image, message);
	if (error)
		elf_file_close(&scan->file);
	return error;
}

void scan_free(struct scan *scan)
{
	imports_free(&scan->table);
	elf_file_close(&scan->file);
}

struct message blank_message(void)
{
	return (struct message){ .text = "\n" };
}

void check_verdict(int error, const struct message *message)
{
	if (!error)
		return;
	ck_assert_msg(error == -ENOEXEC, "error %d: %s", error, message->text);
	ck_assert_msg(message->text[0], "an error without a message");
	ck_assert_uint_lt(strlen(message->text), sizeof(message->text) - 1);
	for (const char *at = message->text; *at; at++)
		ck_assert_msg((unsigned char)*at >= ' ' && *at != 0x7f,
			      "a control character in a message: %s", message->text);
}

/* Whether all bytes of a range lie in one writable segment. */
static bool is_writable(const struct image *image, uint64_t address, uint64_t size)
{
	for (size_t i = 0; i < image->segment_count; i++) {
		const GElf_Phdr *segment = &image->segments[i];

		if (segment->p_flags & PF_W && address >= segment->p_vaddr &&
		    range_within(address - segment->p_vaddr, size, segment->p_memsz))
			return true;
	}
	return false;
}

static void check_import(const struct scan *scan, const struct import *import)
{
	unsigned word = scan->file.machine->word;

	ck_assert(symbol_name_valid(import->name));
	ck_assert(!import->type || type_string_valid(import->type));
	ck_assert_uint_eq(import->slot % word, 0);
	ck_assert(is_writable(&scan->image, import->slot, word));
	ck_assert_uint_ne(import->slot, scan->table.resolver_pointer);
}

/* Checks the properties that all users of a scan rely on. */
static void check_scan(struct scan *scan)
{
	const struct image_range *pages = &scan->table.readonly_slots;
	unsigned word = scan->file.machine->word;
	char symbol[1200];

	for (size_t i = 0; i < scan->table.count; i++)
		check_import(scan, &scan->table.imports[i]);
	ck_assert_uint_eq(scan->table.resolver_pointer % word, 0);
	ck_assert(is_writable(&scan->image, scan->table.resolver_pointer, word));
	ck_assert_uint_eq((pages->address | pages->size) % PAGE, 0);
	ck_assert(!pages->size || is_writable(&scan->image, pages->address, pages->size));
	symbols_describe(&scan->file, scan->image.entry, symbol, sizeof(symbol));
}

int specimen_scan(struct specimen *specimen, struct message *message)
{
	struct scan scan;
	int error;

	*message = blank_message();
	error = scan_open(&scan, specimen->fd, message);
	check_verdict(error, message);
	if (error)
		return error;
	check_scan(&scan);
	scan_free(&scan);
	return 0;
}

bool text_matches(const char *text, const char *pattern)
{
	return fnmatch(pattern, text, FNM_NOESCAPE) == 0;
}

Elf64_Ehdr *specimen_header(struct specimen *specimen)
{
	return (Elf64_Ehdr *)specimen->bytes;
}

Elf64_Phdr *specimen_segment(struct specimen *specimen, size_t index)
{
	return (Elf64_Phdr *)(specimen->bytes + specimen_header(specimen)->e_phoff) +
	       index;
}

Elf64_Shdr *specimen_section(struct specimen *specimen, const char *name)
{
	const Elf64_Ehdr *header = specimen_header(specimen);
	Elf64_Shdr *sections = (Elf64_Shdr *)(specimen->bytes + header->e_shoff);
	const char *names =
		(const char *)specimen->bytes + sections[header->e_shstrndx].sh_offset;

	for (size_t i = 0; i < header->e_shnum; i++)
		if (!strcmp(names + sections[i].sh_name, name))
			return &sections[i];
	ck_abort_msg("no section %s", name);
}

void *specimen_contents(struct specimen *specimen, const char *name)
{
	return specimen->bytes + specimen_section(specimen, name)->sh_offset;
}
