/* Maps segments, stack and work area. See load.h. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <jumpslot/provider.h>
#include "common/page.h"
#include "load.h"

/* An image while it is loaded. */
struct image {
	const struct plan *plan;
	int fd;
	uintptr_t base;
};

static uintptr_t segment_start(uintptr_t base, const struct plan_segment *segment)
{
	return PAGE_START(base + (uintptr_t)segment->address);
}

static uintptr_t segment_end(uintptr_t base, const struct plan_segment *segment)
{
	return PAGE_END(base + (uintptr_t)(segment->address + segment->memory_size));
}

/* Describes a mapping of this process in [start, end), for a message. */
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

/* Reserves exactly the segment's addresses, unless they are in use. */
static int reserve_fixed(const struct plan_segment *segment, uint64_t index,
			 struct message *message)
{
	uintptr_t start = segment_start(0, segment), end = segment_end(0, segment);
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

/* Reserves room for all segments of a position-independent image, and sets its base. */
static int reserve_anywhere(struct image *image, struct message *message)
{
	const struct plan_segment *segments = plan_segments(image->plan);
	uintptr_t low = UINTPTR_MAX, high = 0, alignment = PAGE;
	uintptr_t start;
	void *at;

	for (uint64_t i = 0; i < image->plan->segments.count; i++) {
		if (segment_start(0, &segments[i]) < low)
			low = segment_start(0, &segments[i]);
		if (segment_end(0, &segments[i]) > high)
			high = segment_end(0, &segments[i]);
		if (segments[i].alignment > alignment)
			alignment = (uintptr_t)segments[i].alignment;
	}
	at = mmap(NULL, high - low + alignment, PROT_NONE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (at == MAP_FAILED)
		return fail(message, errno, "no room for 0x%" PRIxPTR " bytes: %s",
			    high - low, strerror(errno));
	/* base + low must be congruent to low, so base is the aligned address. */
	start = (uintptr_t)at - low + alignment - 1;
	image->base = start - start % alignment;
	return 0;
}

static int protection(uint32_t flags)
{
	return (flags & PF_R ? PROT_READ : 0) | (flags & PF_W ? PROT_WRITE : 0) |
	       (flags & PF_X ? PROT_EXEC : 0);
}

/* Whether something is written there before the guest runs: relocations, which lie in
 * writable segments, or zeros after the file's part. */
static bool is_filled(const struct plan_segment *segment)
{
	return segment->flags & PF_W || segment->memory_size > segment->file_size;
}

/* Code has its final protection from the start: valgrind reads the symbols of a file when
 * code of it is mapped, and not when it is protected. */
static int first_protection(const struct plan_segment *segment)
{
	return is_filled(segment) ? PROT_READ | PROT_WRITE : protection(segment->flags);
}

static int map_file_part(const struct image *image, const struct plan_segment *segment,
			 uint64_t index, struct message *message)
{
	uintptr_t address = image->base + (uintptr_t)segment->address;
	uintptr_t inside = address % PAGE;
	void *at = mmap((void *)(address - inside), (size_t)segment->file_size + inside,
			first_protection(segment), MAP_PRIVATE | MAP_FIXED, image->fd,
			(off_t)(segment->offset - inside));

	if (at == MAP_FAILED)
		return fail(message, errno, "segment %" PRIu64 " cannot be mapped: %s",
			    index, strerror(errno));
	return 0;
}

/* Clears the rest of the file's last page, and maps the pages after it. */
static int map_bss(const struct image *image, const struct plan_segment *segment,
		   uint64_t index, struct message *message)
{
	uintptr_t start =
		image->base + (uintptr_t)(segment->address + segment->file_size);
	uintptr_t pages = segment->file_size ? PAGE_END(start) : PAGE_START(start);
	uintptr_t end = segment_end(image->base, segment);

	if (segment->file_size && segment->memory_size > segment->file_size)
		memset((void *)start, 0, pages - start);
	if (pages < end && mmap((void *)pages, end - pages, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE,
				-1, 0) == MAP_FAILED)
		return fail(message, errno, "segment %" PRIu64 ": no memory: %s", index,
			    strerror(errno));
	return 0;
}

static int check_file_size(const struct image *image, struct message *message)
{
	struct stat status;

	if (fstat(image->fd, &status))
		return fail(message, EIO, "cannot be examined: %s", strerror(errno));
	if ((uint64_t)status.st_size < image->plan->file_size)
		return fail(message, ENOEXEC,
			    "cut short from %" PRIu64
			    " to %jd bytes since it was scanned",
			    image->plan->file_size, (intmax_t)status.st_size);
	return 0;
}

static int reserve(struct image *image, struct message *message)
{
	const struct plan_segment *segments = plan_segments(image->plan);
	int error = 0;

	if (image->plan->position_independent)
		return reserve_anywhere(image, message);
	for (uint64_t i = 0; !error && i < image->plan->segments.count; i++)
		error = reserve_fixed(&segments[i], i, message);
	return error;
}

int load_segments(const struct plan *plan, int fd, uintptr_t *base,
		  struct message *message)
{
	const struct plan_segment *segments = plan_segments(plan);
	struct image image = { .plan = plan, .fd = fd };
	int error = check_file_size(&image, message);

	if (!error)
		error = reserve(&image, message);
	for (uint64_t i = 0; !error && i < plan->segments.count; i++) {
		if (segments[i].file_size)
			error = map_file_part(&image, &segments[i], i, message);
		if (!error)
			error = map_bss(&image, &segments[i], i, message);
	}
	*base = image.base;
	return error;
}

static int add_region(struct guest_memory *memory, struct area area, uint32_t flags,
		      bool from_file, struct message *message)
{
	struct guest_region region = {
		.start = area.start,
		.end = area.end,
		.access = (flags & PF_R ? JUMPSLOT_READ : 0) |
			  (flags & PF_W ? JUMPSLOT_WRITE : 0) |
			  (flags & PF_X ? JUMPSLOT_EXECUTE : 0),
		.from_file = from_file,
	};

	return guest_memory_add(memory, &region)
		       ? fail(message, ENOSPC, "too many segments")
		       : 0;
}

int load_protect(const struct plan *plan, uintptr_t base, struct guest_memory *memory,
		 struct message *message)
{
	const struct plan_segment *segments = plan_segments(plan);
	int error = 0;

	for (uint64_t i = 0; !error && i < plan->segments.count; i++) {
		struct area area = { segment_start(base, &segments[i]),
				     segment_end(base, &segments[i]) };

		if (first_protection(&segments[i]) != protection(segments[i].flags) &&
		    mprotect((void *)area.start, area.end - area.start,
			     protection(segments[i].flags)))
			return fail(message, errno,
				    "segment %" PRIu64 " cannot be protected: %s", i,
				    strerror(errno));
		error = add_region(memory, area, segments[i].flags, segments[i].file_size,
				   message);
	}
	return error;
}

/*
 * Maps zeroed memory, with guards at both ends. The first page above may be read: a gate
 * copies an upper bound of the arguments, and a debugger would stop at each fault there,
 * although the fault is handled.
 */
static int map_guarded(struct guest_memory *memory, struct area *area, uint64_t size,
		       const char *name, struct message *message)
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
	area->start = (uintptr_t)at + LOAD_GUARD;
	area->end = area->start + (uintptr_t)size;
	return add_region(memory, *area, PF_R | PF_W, false, message);
}

static int share_work_area(const struct area *area, int file, struct message *message)
{
	size_t size = area->end - area->start;
	struct stat status;

	if (fstat(file, &status))
		return fail(message, errno, "the work area cannot be examined: %s",
			    strerror(errno));
	if ((uint64_t)status.st_size != size)
		return fail(message, EINVAL, "a work area of %jd bytes, not %zu",
			    (intmax_t)status.st_size, size);
	if (mmap((void *)area->start, size, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED, file, 0) == MAP_FAILED)
		return fail(message, errno, "the work area cannot be shared: %s",
			    strerror(errno));
	return 0;
}

int load_areas(struct runner *runner, int file, struct message *message)
{
	int error = map_guarded(&runner->memory, &runner->stack, runner->plan->stack_size,
				"a stack", message);

	if (!error)
		error = map_guarded(&runner->memory, &runner->work_area,
				    runner->plan->work_area_size, "a work area", message);
	if (!error && file >= 0)
		error = share_work_area(&runner->work_area, file, message);
	return error;
}
