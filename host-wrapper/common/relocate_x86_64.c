/* RELATIVE relocations of x86-64, as RELA entries and packed as RELR. See relocate.h. */
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "relocate.h"

/* An image that is being relocated. */
struct image {
	const struct plan *plan;
	uintptr_t zero; /* where its address 0 would be */
	uint64_t base;
};

static void *pointer(const struct image *image, uint64_t address)
{
	return (void *)(image->zero + (uintptr_t)address);
}

/* Whether a word at that address of the image lies in a writable segment. */
static bool is_writable(const struct image *image, uint64_t address)
{
	const struct plan_segment *segments = plan_segments(image->plan);

	for (uint64_t i = 0; i < image->plan->segments.count; i++)
		if (segments[i].flags & PF_W && address >= segments[i].address &&
		    segments[i].memory_size >= sizeof(uint64_t) &&
		    address - segments[i].address <=
			    segments[i].memory_size - sizeof(uint64_t))
			return true;
	return false;
}

static int refuse(uint64_t index, uint64_t address, struct message *message)
{
	return fail(message, ENOEXEC,
		    "relocation %" PRIu64 " at 0x%" PRIx64 ": not in a writable segment",
		    index, address);
}

static int apply_rela(const struct image *image, const Elf64_Rela *entry, uint64_t index,
		      struct message *message)
{
	uint64_t value = image->base + (uint64_t)entry->r_addend;

	if (ELF64_R_TYPE(entry->r_info) == R_X86_64_NONE)
		return 0;
	if (ELF64_R_TYPE(entry->r_info) != R_X86_64_RELATIVE)
		return fail(
			message, ENOEXEC,
			"relocation %" PRIu64 " at 0x%" PRIx64 " is of type %u: a static "
			"PIE has R_X86_64_RELATIVE alone",
			index, entry->r_offset, (unsigned)ELF64_R_TYPE(entry->r_info));
	if (!is_writable(image, entry->r_offset))
		return refuse(index, entry->r_offset, message);
	memcpy(pointer(image, entry->r_offset), &value, sizeof(value));
	return 0;
}

static int add_base(const struct image *image, uint64_t address, uint64_t index,
		    struct message *message)
{
	uint64_t value;

	if (!is_writable(image, address))
		return refuse(index, address, message);
	memcpy(&value, pointer(image, address), sizeof(value));
	value += image->base;
	memcpy(pointer(image, address), &value, sizeof(value));
	return 0;
}

/* Bit i of the bitmap says whether word i from `where` on is relocated. */
static int apply_bitmap(const struct image *image, uint64_t bitmap, uint64_t where,
			uint64_t index, struct message *message)
{
	int error = 0;

	for (; !error && bitmap; bitmap >>= 1, where += sizeof(uint64_t))
		if (bitmap & 1)
			error = add_base(image, where, index, message);
	return error;
}

/* An even entry is an address; each odd entry after it is a bitmap of 63 words. */
static int apply_relr(const struct image *image, struct message *message)
{
	const uint64_t *entries = pointer(image, image->plan->relr.address);
	uint64_t count = image->plan->relr.size / sizeof(*entries);
	uint64_t where = 0;
	int error = 0;

	for (uint64_t i = 0; !error && i < count; i++) {
		if (entries[i] & 1) {
			error = apply_bitmap(image, entries[i] >> 1, where, i, message);
			where += 63 * sizeof(uint64_t);
		} else {
			error = add_base(image, entries[i], i, message);
			where = entries[i] + sizeof(uint64_t);
		}
	}
	return error;
}

int relocate(const struct plan *plan, uintptr_t zero, uint64_t base,
	     struct message *message)
{
	const struct image image = { plan, zero, base };
	const Elf64_Rela *entries = pointer(&image, plan->rela.address);
	uint64_t count = plan->rela.size / sizeof(*entries);
	int error = 0;

	if (!plan->position_independent)
		return 0;
	for (uint64_t i = 0; !error && i < count; i++)
		error = apply_rela(&image, &entries[i], i, message);
	if (!error && plan->relr.size)
		error = apply_relr(&image, message);
	return error;
}
