/* A short list of regions, and the checks of guest pointers. See guest_memory.h. */
#include <errno.h>
#include <string.h>

#include <jumpslot/provider.h>
#include "guest_memory.h"

int guest_memory_add(struct guest_memory *memory, const struct guest_region *region)
{
	if (memory->count == GUEST_MEMORY_REGIONS)
		return -ENOSPC;
	memory->regions[memory->count++] = *region;
	return 0;
}

const struct guest_region *guest_memory_find(const struct guest_memory *memory,
					     uintptr_t address)
{
	for (size_t i = 0; i < memory->count; i++)
		if (address >= memory->regions[i].start &&
		    address < memory->regions[i].end)
			return &memory->regions[i];
	return NULL;
}

int guest_memory_protect(struct guest_memory *memory, uintptr_t start, uintptr_t end)
{
	struct guest_region *region =
		(struct guest_region *)guest_memory_find(memory, start);
	struct guest_region whole, before, after;
	int error = 0;

	if (!region || start >= end || end > region->end)
		return -EINVAL;
	whole = before = after = *region;
	before.end = start;
	after.start = end;
	*region = (struct guest_region){ start, end, JUMPSLOT_READ, false };
	if (before.start < before.end)
		error = guest_memory_add(memory, &before);
	if (!error && after.start < after.end)
		error = guest_memory_add(memory, &after);
	if (error)
		*region = whole;
	return error;
}

int guest_memory_range(const struct guest_memory *memory, const void *pointer,
		       size_t length, int access)
{
	uintptr_t at = (uintptr_t)pointer;

	while (length) {
		const struct guest_region *region = guest_memory_find(memory, at);

		if (!region || (region->access & access) != access)
			return -EFAULT;
		if (length <= region->end - at)
			return 0;
		length -= region->end - at;
		at = region->end;
	}
	return 0;
}

/*
 * Copies bytes one by one: the guest's pointer need not be aligned, and the guest may
 * have the processor check alignment. Reads each byte once.
 */
static void copy(void *to, const void *from, size_t length)
{
	for (size_t i = 0; i < length; i++)
		((volatile char *)to)[i] = ((const volatile char *)from)[i];
}

int guest_memory_copy_in(const struct guest_memory *memory, void *to, const void *guest,
			 size_t length)
{
	int error = guest_memory_range(memory, guest, length, JUMPSLOT_READ);

	if (!error)
		copy(to, guest, length);
	return error;
}

int guest_memory_copy_out(const struct guest_memory *memory, void *guest,
			  const void *from, size_t length)
{
	int error = guest_memory_range(memory, guest, length, JUMPSLOT_WRITE);

	if (!error)
		copy(guest, from, length);
	return error;
}

/* Copies up to the NUL or `room` bytes, whichever comes first; returns their number. */
static size_t copy_until_nul(char *to, const volatile char *from, size_t room)
{
	size_t i = 0;

	while (i < room && (to[i] = from[i]))
		i++;
	return i;
}

long guest_memory_copy_string(const struct guest_memory *memory, char *to,
			      const char *guest, size_t size)
{
	size_t length = 0;

	while (length < size) {
		uintptr_t at = (uintptr_t)guest + length;
		const struct guest_region *region = guest_memory_find(memory, at);
		size_t room, copied;

		if (!region || !(region->access & JUMPSLOT_READ)) {
			to[length] = 0;
			return -EFAULT;
		}
		room = region->end - at;
		if (room > size - length)
			room = size - length;
		copied = copy_until_nul(to + length, (const char *)at, room);
		length += copied;
		if (copied < room)
			return (long)length;
	}
	if (size)
		to[size - 1] = 0;
	return -ERANGE;
}

long guest_memory_string(const struct guest_memory *memory, const char *string,
			 size_t max)
{
	size_t length = 0;

	while (length <= max) {
		const struct guest_region *region =
			guest_memory_find(memory, (uintptr_t)string + length);
		size_t room, found;

		if (!region || !(region->access & JUMPSLOT_READ))
			return -EFAULT;
		room = region->end - (uintptr_t)string - length;
		if (room > max - length)
			room = max - length + 1;
		found = strnlen(string + length, room);
		length += found;
		if (found < room)
			return (long)length;
	}
	return -ERANGE;
}
