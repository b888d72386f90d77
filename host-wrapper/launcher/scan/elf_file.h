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

/*
 * Returns the descriptor of the note with that owner, type and at least `size` bytes of
 * descriptor in a section, or NULL.
 */
const void *elf_note(const struct elf_section *section, const char *owner, uint32_t type,
		     size_t size);

/* Returns the string at `address` if the section has all of it and its NUL, or NULL. */
const char *elf_string_at(const struct elf_section *section, uint64_t address);

/* Tells whether [offset, offset + size) lies within [0, limit). */
static inline bool range_within(uint64_t offset, uint64_t size, uint64_t limit)
{
	return offset <= limit && size <= limit - offset;
}

#endif
