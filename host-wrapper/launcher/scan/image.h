/*
 * The segments of a guest's file, decoded and checked. Code that has a struct image
 * does not need the program headers. Knows nothing of imports.
 */
#ifndef JUMPSLOT_IMAGE_H
#define JUMPSLOT_IMAGE_H

#include "elf_file.h"

#define IMAGE_MAX_SEGMENTS 64

struct image_range {
	uint64_t address;
	uint64_t size;
};

struct image {
	uint64_t entry;
	bool position_independent;
	size_t segment_count;
	GElf_Phdr segments[IMAGE_MAX_SEGMENTS]; /* PT_LOAD only, as in the file */
	struct image_range rela; /* relocations of a static PIE; size 0: none */
	struct image_range relr;
	uint64_t dynamic; /* address of its dynamic section; for debuggers, unchecked */
};

/*
 * Reads and checks all segments. Refuses images that are dynamic, have thread-local
 * storage, or have their entry outside code; and segments that are both writable and
 * executable, overlap, wrap, touch page zero, lie outside the file or cannot be mapped
 * with their file offset. Returns 0 or -ENOEXEC.
 */
int image_read(struct image *image, struct elf_file *file, struct message *message);

/* Tells whether the address lies in a segment. */
bool image_has(const struct image *image, uint64_t address);

/* The same for executable segments alone. */
bool image_has_code(const struct image *image, uint64_t address);

/* Tells whether one segment with all of `flags` (PF_*) has all of
 * [address, address + size), loaded from the file at `offset`. */
bool image_maps(const struct image *image, uint64_t address, uint64_t offset,
		uint64_t size, uint32_t flags);

#endif
