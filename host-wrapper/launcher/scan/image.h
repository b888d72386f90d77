/*
 * What a guest's file asks to be mapped, checked: the decode step before loading.
 * Whoever has a struct image need not look at the program headers again.
 * Knows nothing of imports.
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
};

/*
 * Reads and checks all segments. Refused, each with a reason: what is dynamic or
 * has thread-local storage, is writable and executable, overlaps, wraps, touches page
 * zero, lies outside the file or cannot be mapped as it stands; an entry outside code.
 * Returns 0 or -ENOEXEC.
 */
int image_read(struct image *image, struct elf_file *file, struct message *message);

/* Whether that address lies in one of its segments. */
bool image_has(const struct image *image, uint64_t address);

/* Whether the image's memory has all of [address, address + size), taken from
 * the file at `offset`, in one segment with all of `flags` (PF_*). */
bool image_maps(const struct image *image, uint64_t address, uint64_t offset,
		uint64_t size, uint32_t flags);

#endif
