/*
 * Relocation of a static PIE. An input is where the tables are, and then the image: a
 * segment that may be read, and one that may be written. Only words of the second
 * change. As the launcher ensures, the tables lie within a segment.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "common/relocate.h"
#include "fuzz.h"

#define START 0x1000u /* address of the image */

struct head {
	uint64_t base;
	uint16_t rela, rela_count; /* offsets in words, counts of entries */
	uint16_t relr, relr_count;
	uint16_t readable; /* words of the first segment */
	uint16_t reserved[3];
};

static struct {
	struct plan plan;
	struct plan_segment segments[2];
} plan;

/* A table that lies within the first or the second segment; otherwise none. */
static struct plan_range table(size_t offset, size_t size, size_t readable, size_t whole)
{
	size_t end = offset < readable ? readable : whole;

	if (offset > whole || size > whole || offset + size > end)
		return (struct plan_range){ 0, 0 };
	return (struct plan_range){ START + offset, size };
}

static void make_plan(const struct head *head, size_t readable, size_t whole)
{
	plan.plan.position_independent = 1;
	plan.plan.segments.offset = sizeof(plan.plan);
	plan.plan.segments.count = 2;
	plan.plan.rela = table(head->rela * sizeof(uint64_t),
			       head->rela_count * sizeof(Elf64_Rela), readable, whole);
	plan.plan.relr = table(head->relr * sizeof(uint64_t),
			       head->relr_count * sizeof(uint64_t), readable, whole);
	plan.segments[0] = (struct plan_segment){ .address = START,
						  .memory_size = readable,
						  .flags = PF_R };
	plan.segments[1] = (struct plan_segment){ .address = START + readable,
						  .memory_size = whole - readable,
						  .flags = PF_R | PF_W };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct message message = { .text = "" };
	struct head head;
	size_t whole, readable;
	uint8_t *image;

	if (size < sizeof(head) + 1)
		return 0;
	memcpy(&head, data, sizeof(head));
	data += sizeof(head);
	whole = size - sizeof(head);
	readable = head.readable * sizeof(uint64_t);
	if (readable > whole)
		readable = whole;
	image = malloc(whole);
	if (!image)
		abort();
	memcpy(image, data, whole);
	make_plan(&head, readable, whole);
	if (relocate(&plan.plan, (uintptr_t)image - START, head.base, &message) &&
	    !message.text[0])
		abort();
	if (memcmp(image, data, readable))
		abort();
	free(image);
	return 0;
}
