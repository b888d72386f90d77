/*
 * The least that a host does before it can start a guest with very many imports: finds
 * the provider's function of each import by name, in one static process that checks
 * nothing. Writes a byte when it has an address for each. Arguments: guest and provider.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jumpslot/abi/import.h>
#include <jumpslot/abi/provider.h>

#define SLOTS	    (UINT32_C(1) << 18)
#define MAX_IMPORTS (SLOTS / 2)
#define FACTOR	    UINT64_C(0x9e3779b97f4a7c15)
#define EACH_BYTE   UINT64_C(0x0101010101010101)

/* On x86-64, one huge page, which is cleared once. */
static struct {
	uint32_t slots[SLOTS]; /* number of a record plus 1, by name */
	uintptr_t addresses[MAX_IMPORTS];
} tables __attribute__((aligned(1 << 21)));

struct span {
	const char *start;
	size_t size;
};

static const char *map(const char *path)
{
	const int fd = open(path, O_RDONLY);
	struct stat about;
	void *file;

	if (fd < 0 || fstat(fd, &about))
		return NULL;
	file = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	return file == MAP_FAILED ? NULL : file;
}

static struct span section(const char *file, const char *name)
{
	const ElfW(Ehdr) *header = (const void *)file;
	const ElfW(Shdr) *sections = (const void *)(file + header->e_shoff);
	const char *names = file + sections[header->e_shstrndx].sh_offset;

	for (size_t i = 0; i < header->e_shnum; i++)
		if (!strcmp(names + sections[i].sh_name, name))
			return (struct span){ file + sections[i].sh_offset,
					      sections[i].sh_size };
	return (struct span){ 0 };
}

/* The target of a self-relative field. Sections of one segment are as far from each other
 * in the file as in memory. */
static const char *target(const int32_t *field)
{
	return (const char *)field + *field;
}

/* Eight bytes at a time. Reads up to seven bytes past the end: the file goes on there. */
static uint32_t hash(const char *name)
{
	uint64_t value = 0, word, ends;

	do {
		memcpy(&word, name, sizeof(word));
		ends = (word - EACH_BYTE) & ~word & EACH_BYTE << 7;
		if (ends)
			word &= (ends & -ends) - 1;
		value = (value ^ word) * FACTOR;
		value ^= value >> 32;
		name += sizeof(word);
	} while (!ends);
	return (uint32_t)value & (SLOTS - 1);
}

/* The slot of the record with that name, or a free one. */
static uint32_t *probe(const struct jumpslot_provided *records, const char *name)
{
	uint32_t at = hash(name);

	while (tables.slots[at] &&
	       strcmp(target(&records[tables.slots[at] - 1].name), name))
		at = (at + 1) & (SLOTS - 1);
	return &tables.slots[at];
}

static bool join(const struct span *imports, const struct span *provided)
{
	const struct jumpslot_import *import = (const void *)imports->start;
	const struct jumpslot_provided *records = (const void *)provided->start;
	const uint32_t count = (uint32_t)(imports->size / sizeof(*import));
	uint32_t found = 0;

	for (uint32_t i = 0; i < provided->size / sizeof(*records); i++)
		if (records[i].function)
			*probe(records, target(&records[i].name)) = i + 1;
	for (uint32_t i = 0; i < count && i < MAX_IMPORTS; i++) {
		const uint32_t slot = *probe(records, target(&import[i].name));

		if (slot)
			tables.addresses[found++] =
				(uintptr_t)target(&records[slot - 1].function);
	}
	return found && found + 1 >= count; /* one of them is built-in */
}

int main(int argc, char **argv)
{
	const char *guest = argc == 3 ? map(argv[1]) : NULL;
	const char *provider = argc == 3 ? map(argv[2]) : NULL;
	struct span imports, provided;

	if (!guest || !provider) {
		fputs("arguments: GUEST PROVIDER.so\n", stderr);
		return 1;
	}
	madvise(&tables, sizeof(tables), MADV_HUGEPAGE);
	imports = section(guest, JUMPSLOT_SECTION_SYMTAB);
	provided = section(provider, JUMPSLOT_SECTION_PROVIDED);
	return !imports.start || !provided.start || !join(&imports, &provided) ||
	       write(1, "r", 1) != 1;
}
