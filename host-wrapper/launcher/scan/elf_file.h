/*
 * Reading an ELF file that may be hostile: every offset, size and count is
 * checked against the file before it is used. libelf decodes the headers; bytes are
 * read, never mapped, so that a file cut short under us is an error and no signal.
 * Knows nothing of imports or providers.
 */
#ifndef JUMPSLOT_ELF_FILE_H
#define JUMPSLOT_ELF_FILE_H

#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/message.h"

struct elf_file {
	int fd;
	uint64_t size;
	Elf *elf;
	GElf_Ehdr header;
	size_t segment_count;
};

struct elf_section {
	uint64_t address;
	uint64_t offset;
	uint64_t size;
	uint64_t flags;
	const uint8_t *bytes; /* lives as long as the elf_file */
};

/*
 * Takes an open descriptor, which stays the caller's. Refuses what is not a
 * little-endian ELF file of a machine that we know, or cut short in its headers.
 * Returns 0, -EIO or -ENOEXEC. After an error nothing is open.
 */
int elf_file_open(struct elf_file *file, int fd, struct message *message);
void elf_file_close(struct elf_file *file);

/* 4 or 8: bytes in a word of the image's machine. */
unsigned elf_file_word(const struct elf_file *file);
const char *elf_file_machine(const struct elf_file *file);

/* Segment `index` (below segment_count). Returns 0 or -ENOEXEC. */
int elf_file_segment(struct elf_file *file, size_t index, GElf_Phdr *segment,
		     struct message *message);

/*
 * Finds the one section of that name, at most `limit` bytes long, and reads it. A
 * compressed one is decompressed. Returns 0; -ENOENT and no message if there is none;
 * -ENOEXEC if it lies outside the file, is too large, without contents, or there are two.
 */
int elf_file_section(struct elf_file *file, const char *name, uint64_t limit,
		     struct elf_section *section, struct message *message);

/*
 * The descriptor of the note of that owner and type in a section's bytes, or
 * NULL; at least `size` bytes of it are there.
 */
const void *elf_note(const struct elf_section *section, const char *owner, uint32_t type,
		     size_t size);

/* The string at `address` in a section, NUL inside it; or NULL. */
const char *elf_string_at(const struct elf_section *section, uint64_t address);

/* Whether [offset, offset + size) lies within [0, limit). */
static inline bool range_within(uint64_t offset, uint64_t size, uint64_t limit)
{
	return offset <= limit && size <= limit - offset;
}

#endif
