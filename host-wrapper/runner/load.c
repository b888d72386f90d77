/* Mapping segments, stack and work area. See load.h. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <jumpslot/provider.h>
#include "guest.h"
#include "guest_memory.h"
#include "load.h"
#include "plan_read.h"

#define PAGE ((uintptr_t)4096)

struct guest guest;

static uintptr_t page_start(uintptr_t address)
{
	return address & ~(PAGE - 1);
}

static uintptr_t page_end(uintptr_t address)
{
	return page_start(address + PAGE - 1);
}

static uintptr_t segment_start(const struct plan_segment *segment)
{
	return page_start(guest.base + (uintptr_t)segment->address);
}

static uintptr_t segment_end(const struct plan_segment *segment)
{
	return page_end(guest.base +
			(uintptr_t)(segment->address + segment->memory_size));
}

/* The name of the mapping of our own that has `address`, for a message. */
static void describe_mapping(uintptr_t start, uintptr_t end, char *text, size_t size)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];

	snprintf(text, size, "?");
	while (maps && fgets(line, sizeof(line), maps)) {
		uintptr_t low, high;
		char name[256] = "anonymous memory";

		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %*s %*s %*s %*s %255[^\n]",
			   &low, &high, name) < 2 ||
		    high <= start || low >= end)
			continue;
		snprintf(text, size, "%s at 0x%" PRIxPTR, name, low);
		break;
	}
	if (maps)
		fclose(maps);
}

/* Takes exactly these addresses, unless something is there. */
static int reserve_fixed(const struct plan_segment *segment, uint64_t index,
			 struct message *message)
{
	uintptr_t start = segment_start(segment), end = segment_end(segment);
	void *at = mmap((void *)start, end - start, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE,
			-1, 0);
	char taken[300];

	if (at == (void *)start)
		return 0;
	if (at != MAP_FAILED)
		munmap(at, end - start);
	else if (errno != EEXIST)
		return fail(message, errno,
			    "segment %" PRIu64 " at 0x%" PRIxPTR "-0x%" PRIxPTR
			    " cannot be mapped: %s",
			    index, start, end, strerror(errno));
	describe_mapping(start, end, taken, sizeof(taken));
	return fail(message, EEXIST,
		    "segment %" PRIu64 " at 0x%" PRIxPTR "-0x%" PRIxPTR
		    ": the runner's own %s is there; link the guest elsewhere",
		    index, start, end, taken);
}

/* Finds room for all segments of a position-independent image. */
static int reserve_anywhere(struct message *message)
{
	const struct plan_segment *segments = plan_segments(guest.plan);
	uintptr_t low = UINTPTR_MAX, high = 0, alignment = PAGE;
	uintptr_t start;
	void *at;

	for (uint64_t i = 0; i < guest.plan->segments.count; i++) {
		if (segment_start(&segments[i]) < low)
			low = segment_start(&segments[i]);
		if (segment_end(&segments[i]) > high)
			high = segment_end(&segments[i]);
		if (segments[i].alignment > alignment)
			alignment = (uintptr_t)segments[i].alignment;
	}
	at = mmap(NULL, high - low + alignment, PROT_NONE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (at == MAP_FAILED)
		return fail(message, errno, "no room for 0x%" PRIxPTR " bytes: %s",
			    high - low, strerror(errno));
	/* base + low must be congruent to low, so base is what gets aligned. */
	start = (uintptr_t)at - low + alignment - 1;
	guest.base = start - start % alignment;
	return 0;
}

static int map_file_part(const struct plan_segment *segment, uint64_t index,
			 struct message *message)
{
	uintptr_t address = guest.base + (uintptr_t)segment->address;
	uintptr_t inside = address % PAGE;
	void *at = mmap((void *)(address - inside), (size_t)segment->file_size + inside,
			PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, guest.file,
			(off_t)(segment->offset - inside));

	if (at == MAP_FAILED)
		return fail(message, errno, "segment %" PRIu64 " cannot be mapped: %s",
			    index, strerror(errno));
	return 0;
}

/* Clears the rest of the file's last page, and makes the pages behind it. */
static int map_bss(const struct plan_segment *segment, uint64_t index,
		   struct message *message)
{
	uintptr_t start = guest.base + (uintptr_t)(segment->address + segment->file_size);
	uintptr_t pages = segment->file_size ? page_end(start) : page_start(start);
	uintptr_t end = segment_end(segment);

	if (segment->file_size && segment->memory_size > segment->file_size)
		memset((void *)start, 0, pages - start);
	if (pages < end && mmap((void *)pages, end - pages, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE,
				-1, 0) == MAP_FAILED)
		return fail(message, errno, "segment %" PRIu64 ": no memory: %s", index,
			    strerror(errno));
	return 0;
}

static int check_file_size(struct message *message)
{
	struct stat status;

	if (fstat(guest.file, &status))
		return fail(message, EIO, "cannot be examined: %s", strerror(errno));
	if ((uint64_t)status.st_size < guest.plan->file_size)
		return fail(message, ENOEXEC,
			    "cut short from %" PRIu64
			    " to %jd bytes since it was scanned",
			    guest.plan->file_size, (intmax_t)status.st_size);
	return 0;
}

int load_segments(struct message *message)
{
	const struct plan_segment *segments = plan_segments(guest.plan);
	uint64_t count = guest.plan->segments.count;
	int error = check_file_size(message);

	if (!error && guest.plan->position_independent)
		error = reserve_anywhere(message);
	for (uint64_t i = 0; !error && !guest.plan->position_independent && i < count;
	     i++)
		error = reserve_fixed(&segments[i], i, message);
	for (uint64_t i = 0; !error && i < count; i++) {
		if (segments[i].file_size)
			error = map_file_part(&segments[i], i, message);
		if (!error)
			error = map_bss(&segments[i], i, message);
	}
	return error;
}

static int protection(uint32_t flags)
{
	return (flags & PF_R ? PROT_READ : 0) | (flags & PF_W ? PROT_WRITE : 0) |
	       (flags & PF_X ? PROT_EXEC : 0);
}

static int add_region(uintptr_t start, uintptr_t end, uint32_t flags, bool from_file,
		      struct message *message)
{
	struct guest_region region = {
		.start = start,
		.end = end,
		.access = (flags & PF_R ? JUMPSLOT_READ : 0) |
			  (flags & PF_W ? JUMPSLOT_WRITE : 0) |
			  (flags & PF_X ? JUMPSLOT_EXECUTE : 0),
		.from_file = from_file,
	};

	return guest_memory_add(&region) ? fail(message, ENOSPC, "too many segments") : 0;
}

int load_protect(struct message *message)
{
	const struct plan_segment *segments = plan_segments(guest.plan);
	int error = 0;

	for (uint64_t i = 0; !error && i < guest.plan->segments.count; i++) {
		uintptr_t start = segment_start(&segments[i]);
		uintptr_t end = segment_end(&segments[i]);

		if (mprotect((void *)start, end - start, protection(segments[i].flags)))
			return fail(message, errno,
				    "segment %" PRIu64 " cannot be protected: %s", i,
				    strerror(errno));
		error = add_region(start, end, segments[i].flags, segments[i].file_size,
				   message);
	}
	return error;
}

/* Zeroed memory, with guards at both ends. The first page above may be read: what a gate
 * copies as arguments is an upper bound, and a debugger would stop where its fault is
 * mended. */
static int map_guarded(uintptr_t *start, uint64_t size, const char *name,
		       struct message *message)
{
	char *at = MAP_FAILED;

	errno = ENOMEM;
	if (size <= SIZE_MAX - 2 * LOAD_GUARD)
		at = mmap(NULL, (size_t)size + 2 * LOAD_GUARD, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (at == MAP_FAILED ||
	    mprotect(at + LOAD_GUARD, (size_t)size, PROT_READ | PROT_WRITE) ||
	    mprotect(at + LOAD_GUARD + size, PAGE, PROT_READ))
		return fail(message, errno, "no memory for %s of %" PRIu64 " bytes: %s",
			    name, size, strerror(errno));
	*start = (uintptr_t)at + LOAD_GUARD;
	return add_region(*start, *start + (uintptr_t)size, PF_R | PF_W, false, message);
}

static int share_work_area(int file, struct message *message)
{
	uint64_t size = guest.plan->work_area_size;
	struct stat status;

	if (fstat(file, &status))
		return fail(message, errno, "the work area cannot be examined: %s",
			    strerror(errno));
	if ((uint64_t)status.st_size != size)
		return fail(message, EINVAL, "a work area of %jd bytes, not %" PRIu64,
			    (intmax_t)status.st_size, size);
	if (mmap((void *)guest.work_area, (size_t)size, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED, file, 0) == MAP_FAILED)
		return fail(message, errno, "the work area cannot be shared: %s",
			    strerror(errno));
	return 0;
}

int load_areas(int file, struct message *message)
{
	int error =
		map_guarded(&guest.stack_low, guest.plan->stack_size, "a stack", message);

	guest.stack_high = guest.stack_low + (uintptr_t)guest.plan->stack_size;
	if (!error)
		error = map_guarded(&guest.work_area, guest.plan->work_area_size,
				    "a work area", message);
	if (!error && file >= 0)
		error = share_work_area(file, message);
	return error;
}
