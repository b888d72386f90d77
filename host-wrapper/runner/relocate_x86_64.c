/* RELATIVE relocations of x86-64, as RELA entries and packed as RELR. See relocate.h. */
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "guest.h"
#include "plan_read.h"
#include "relocate.h"

/* Whether a word at that address of the image lies in a writable segment. */
static bool is_writable(uint64_t address)
{
	const struct plan_segment *segments = plan_segments(guest.plan);

	for (uint64_t i = 0; i < guest.plan->segments.count; i++)
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

static int apply_rela(const Elf64_Rela *entry, uint64_t index, struct message *message)
{
	uint64_t value = guest.base + (uint64_t)entry->r_addend;

	if (ELF64_R_TYPE(entry->r_info) == R_X86_64_NONE)
		return 0;
	if (ELF64_R_TYPE(entry->r_info) != R_X86_64_RELATIVE)
		return fail(
			message, ENOEXEC,
			"relocation %" PRIu64 " at 0x%" PRIx64 " is of type %u: a static "
			"PIE has R_X86_64_RELATIVE alone",
			index, entry->r_offset, (unsigned)ELF64_R_TYPE(entry->r_info));
	if (!is_writable(entry->r_offset))
		return refuse(index, entry->r_offset, message);
	memcpy(guest_pointer(entry->r_offset), &value, sizeof(value));
	return 0;
}

static int add_base(uint64_t address, uint64_t index, struct message *message)
{
	uint64_t value;

	if (!is_writable(address))
		return refuse(index, address, message);
	memcpy(&value, guest_pointer(address), sizeof(value));
	value += guest.base;
	memcpy(guest_pointer(address), &value, sizeof(value));
	return 0;
}

/* A bitmap's bit i says whether word i behind `where` is relocated. */
static int apply_bitmap(uint64_t bitmap, uint64_t where, uint64_t index,
			struct message *message)
{
	int error = 0;

	for (; !error && bitmap; bitmap >>= 1, where += sizeof(uint64_t))
		if (bitmap & 1)
			error = add_base(where, index, message);
	return error;
}

/* An even entry is an address, and what follows it a bitmap for 63 words each. */
static int apply_relr(struct message *message)
{
	const uint64_t *entries = guest_pointer(guest.plan->relr.address);
	uint64_t count = guest.plan->relr.size / sizeof(*entries);
	uint64_t where = 0;
	int error = 0;

	for (uint64_t i = 0; !error && i < count; i++) {
		if (entries[i] & 1) {
			error = apply_bitmap(entries[i] >> 1, where, i, message);
			where += 63 * sizeof(uint64_t);
		} else {
			error = add_base(entries[i], i, message);
			where = entries[i] + sizeof(uint64_t);
		}
	}
	return error;
}

int relocate(struct message *message)
{
	const Elf64_Rela *entries = guest_pointer(guest.plan->rela.address);
	uint64_t count = guest.plan->rela.size / sizeof(*entries);
	int error = 0;

	if (!guest.plan->position_independent)
		return 0;
	for (uint64_t i = 0; !error && i < count; i++)
		error = apply_rela(&entries[i], i, message);
	if (!error && guest.plan->relr.size)
		error = apply_relr(message);
	return error;
}
