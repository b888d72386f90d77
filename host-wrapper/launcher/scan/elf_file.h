/*
 * Reads an ELF file that may be hostile: checks every offset, size and count against
 * the file before using it. libelf decodes the headers. Bytes are read, never mapped:
 * a file that is truncated meanwhile gives an error instead of a signal.
 * Knows nothing of imports or providers.
 */
#ifndef JUMPSLOT_ELF_FILE_H
#define JUMPSLOT_ELF_FILE_H

#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/message.h"

/* A machine that guests and providers may be for. */
struct machine {
	uint16_t number;	/* EM_* */
	uint8_t class;		/* ELFCLASS* */
	uint8_t word;		/* bytes */
	bool has_static_pie;	/* the runner can relocate one */
	bool has_conventions;	/* regparm3, fastcall and stdcall exist */
	uint64_t address_limit; /* addresses from here on are not a guest's */
	const char *name;	/* also in jumpslot-runner-NAME */
};

/* The machine with this ELF number (EM_*), or NULL. */
const struct machine *machine_find(unsigned number);

/* The machine with the first `length` bytes of `name` as its name, or NULL. */
const struct machine *machine_find_name(const char *name, size_t length);

/* A large section, in memory of its own. */
struct elf_large {
	uint8_t *bytes;
	size_t size;
};

#define ELF_MAX_LARGE 8 /* libelf reads those after that */

struct elf_file {
	int fd;
	uint64_t size;
	Elf *elf;
	const struct machine *machine;
	GElf_Ehdr header;
	size_t segment_count;
	struct elf_large large[ELF_MAX_LARGE];
	size_t large_count;
};

struct elf_section {
	uint64_t address;
	uint64_t offset;
	uint64_t size;
	uint64_t flags;
	const uint8_t *bytes; /* valid until elf_file_close() */
};

/*
 * Opens the ELF file of a descriptor, which remains the caller's. Refuses everything
 * but a little-endian ELF file of a known machine with complete headers.
 * Returns 0, -EIO or -ENOEXEC. After an error nothing is open.
 */
int elf_file_open(struct elf_file *file, int fd, struct message *message);
void elf_file_close(struct elf_file *file);

/* Reads bytes that lay within the file when it was opened. Returns 0 or -EIO. */
int elf_file_read(const struct elf_file *file, uint8_t *bytes, size_t size,
		  uint64_t offset);

/* Reads segment `index` (below segment_count). Returns 0 or -ENOEXEC. */
int elf_file_segment(struct elf_file *file, size_t index, GElf_Phdr *segment,
		     struct message *message);

/*
 * Finds the only section of that name and reads it; decompresses it if it holds debug
 * information. `limit`: its largest size in bytes. Returns 0; -ENOENT without a message
 * if no section has the name; -ENOEXEC if two have it, or if the section lies outside the
 * file, is larger than the limit or has no contents.
 */
int elf_file_section(struct elf_file *file, const char *name, uint64_t limit,
		     struct elf_section *section, struct message *message);

/* The same for a section whose bytes are not needed, or only as records: `bytes` is
 * NULL. Refuses every compressed section. */
int elf_file_find(struct elf_file *file, const char *name, uint64_t limit,
		  struct elf_section *section, struct message *message);

/* A section's records of one size, read in parts and in order. */
struct elf_records {
	const struct elf_file *file;
	struct elf_section section;
	size_t stride; /* bytes from a record to the next */
	size_t size;   /* bytes of a record that are needed; at most the stride */
	uint64_t from; /* offset of `part` in the section */
	uint64_t to;
	uint8_t part[0x10000];
};

/* Begins with the first record of a section that elf_file_find() found. */
void elf_records_start(struct elf_records *records, const struct elf_file *file,
		       const struct elf_section *section, size_t stride, size_t size);

/* Reads the part of the section that begins at `offset`. Returns 0 or -EIO. */
int elf_records_read(struct elf_records *records, uint64_t offset);

/* Returns record `index`, which is within the section, until the next one is read; NULL
 * if the file cannot be read. */
static inline const uint8_t *elf_record(struct elf_records *records, size_t index)
{
	const uint64_t offset = (uint64_t)index * records->stride;

	if (offset + records->size > records->to && elf_records_read(records, offset))
		return NULL;
	return records->part + (offset - records->from);
}

/*
 * Returns the descriptor of the note with that owner, type and at least `size` bytes of
 * descriptor in a section, or NULL.
 */
const void *elf_note(const struct elf_section *section, const char *owner, uint32_t type,
		     size_t size);

/* Whether a section that does not end with a NUL has one from `offset` on. */
bool elf_string_ends(const struct elf_section *section, uint64_t offset);

/* Returns the string at `address` if the section has all of it and its NUL, or NULL. */
static inline const char *elf_string_at(const struct elf_section *section,
					uint64_t address)
{
	const uint64_t offset = address - section->address;

	if (address < section->address || offset >= section->size)
		return NULL;
	/* A section that ends with a NUL has the ends of all its strings. */
	if (section->bytes[section->size - 1] && !elf_string_ends(section, offset))
		return NULL;
	return (const char *)section->bytes + offset;
}

/* The bytes of the section from a string of it on. */
static inline size_t elf_string_room(const struct elf_section *section,
				     const char *string)
{
	return (size_t)(section->size -
			(uint64_t)((const uint8_t *)string - section->bytes));
}

/* Tells whether [offset, offset + size) lies within [0, limit). */
static inline bool range_within(uint64_t offset, uint64_t size, uint64_t limit)
{
	return offset <= limit && size <= limit - offset;
}

#endif
