/* A copy of the block, in pages of its own. See block.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "block.h"
#include "common/code_table_x86.h"
#include "common/page.h"
#include "thunk.h"

/* The linked block (block_image.S). */
extern const char block_image[], block_image_end[];

static struct {
	char *start;
	size_t size; /* with thunks */
} block;

static size_t thunks_at(void)
{
	return PAGE_END(block_header()->end);
}

const struct inside_header *block_header(void)
{
	return (const struct inside_header *)block_image;
}

uintptr_t block_address(uint32_t offset)
{
	return (uintptr_t)block.start + offset;
}

int block_map(size_t functions, struct message *message)
{
	block.size = thunks_at() + PAGE_END(functions * THUNK_SIZE);
	block.start = mmap(NULL, block.size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (block.start == MAP_FAILED)
		return fail(message, errno, "no memory for thunks: %s", strerror(errno));
	memcpy(block.start, block_image,
	       (uintptr_t)block_image_end - (uintptr_t)block_image);
	return 0;
}

static uint32_t gate_for(uint32_t vector_bytes)
{
	const struct inside_header *header = block_header();

	if (vector_bytes == 16)
		return header->gate;
	return vector_bytes == 32 ? header->gate_avx : header->gate_avx3;
}

uintptr_t block_thunk(size_t index)
{
	return (uintptr_t)block.start + thunks_at() + index * THUNK_SIZE;
}

void block_write_thunk(size_t index, uint32_t vector_bytes)
{
	thunk_write((uint8_t *)block_thunk(index), (uint32_t)index,
		    block_address(gate_for(vector_bytes)));
}

void block_write_watched_thunk(size_t index)
{
	thunk_write((uint8_t *)block_thunk(index), (uint32_t)index,
		    block_address(block_header()->watched));
}

int block_protect(struct message *message)
{
	char *thunks = block.start + thunks_at();

	if (mprotect(block.start, block_header()->doorbell, PROT_READ) ||
	    mprotect(block.start + block_header()->doorbell, PAGE, PROT_NONE) ||
	    mprotect(thunks, (size_t)(block.start + block.size - thunks), PROT_READ))
		return fail(message, errno, "thunks cannot be protected: %s",
			    strerror(errno));
	return 0;
}

size_t block_parts(struct tables_range *ranges)
{
	const struct inside_header *header = block_header();
	const uintptr_t thunks = block_thunk(0);

	ranges[0] = (struct tables_range){
		.start = block_address(0),
		.end = block_address(header->doorbell),
		.may_execute = true,
	};
	ranges[1] = (struct tables_range){
		.start = block_address(header->data),
		.end = thunks,
		.may_write = true,
	};
	ranges[2] = (struct tables_range){
		.start = thunks,
		.end = (uintptr_t)block.start + block.size,
		.may_execute = true,
	};
	return ranges[2].start < ranges[2].end ? 3 : 2;
}

uintptr_t block_doorbell(void)
{
	return block_address(block_header()->doorbell);
}

uintptr_t block_inline_function(const char *name)
{
	static const char *const names[] = {
#define INLINE(function) #function,
#include "common/inline.def"
	};
	const uint32_t *offsets =
		(const uint32_t *)(block_image + block_header()->inline_functions);

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(names[i], name))
			return block_address(offsets[i]);
	return 0;
}

volatile struct inside_words *block_words(void)
{
	return (volatile struct inside_words *)block_address(block_header()->words);
}

volatile struct vcpu *block_vcpu(void)
{
	return (volatile struct vcpu *)block_address(block_header()->vcpu);
}

/* Distances in the tables hold in the image: it is a copy. */
static uintptr_t in_image(uintptr_t pc)
{
	return (uintptr_t)block_image + (pc - (uintptr_t)block.start);
}

bool block_has(uintptr_t pc)
{
	return pc - (uintptr_t)block.start < block.size;
}

bool block_is_returning(uintptr_t pc)
{
	const struct inside_header *header = block_header();
	const struct code_range_entry *entry =
		(const struct code_range_entry *)(block_image + header->ranges);
	const void *end = block_image + header->ranges_end;
	const uintptr_t at = in_image(pc);

	if (!block_has(pc))
		return false;
	for (; (const void *)entry < end; entry++)
		if (entry->kind == CODE_RETURNING && at >= code_address(&entry->start) &&
		    at < code_address(&entry->end))
			return true;
	return false;
}

uint32_t block_stop(uintptr_t pc)
{
	const struct inside_header *header = block_header();
	const struct code_stop_entry *entry =
		(const struct code_stop_entry *)(block_image + header->stops);
	const void *end = block_image + header->stops_end;

	if (!block_has(pc))
		return 0;
	for (; (const void *)entry < end; entry++)
		if (code_address(&entry->pc) == in_image(pc))
			return entry->outcome;
	return 0;
}
