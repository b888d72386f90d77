/* Searches segments for LDMXCSR, FXRSTOR and XRSTOR. See mxcsr_code.h. */
#include <string.h>

#include "common/page.h"
#include "mxcsr_code.h"

#define WINDOW	((size_t)0x10000)
#define OVERLAP ((size_t)4) /* the longest form, up to its ModRM byte, is C4 x x AE m */

/* Opcode bytes (Intel SDM, volume 2). XRSTORS needs privilege. */
#define ESCAPE	  0x0f
#define MAP_1	  0x80
#define GROUP_15  0xae
#define VEX_2	  0xc5
#define VEX_3	  0xc4
#define REX_2	  0xd5 /* of APX; its next byte has the bit that stands for 0F */
#define FXRSTOR	  1    /* /1, and so on: the middle of the ModRM byte */
#define LDMXCSR	  2
#define XRSTOR	  5
#define NO_MEMORY 3 /* ModRM.mod: LFENCE and others, which load nothing */

static bool is_operand(uint8_t modrm, bool vex)
{
	const unsigned extension = modrm >> 3 & 7;

	if (modrm >> 6 == NO_MEMORY)
		return false;
	return extension == LDMXCSR ||
	       (!vex && (extension == FXRSTOR || extension == XRSTOR));
}

static bool is_before(const uint8_t *bytes, size_t at, size_t distance, uint8_t byte)
{
	return at >= distance && bytes[at - distance] == byte;
}

static bool is_load(const uint8_t *bytes, size_t at, size_t size)
{
	const bool plain = is_before(bytes, at, 1, ESCAPE) ||
			   (is_before(bytes, at, 2, REX_2) && bytes[at - 1] & MAP_1);
	const bool vex = is_before(bytes, at, 2, VEX_2) || is_before(bytes, at, 3, VEX_3);

	if (at + 1 == size)
		return plain || vex;
	return (plain && is_operand(bytes[at + 1], false)) ||
	       (vex && is_operand(bytes[at + 1], true));
}

size_t mxcsr_code_in(const uint8_t *bytes, size_t size)
{
	const uint8_t *next = bytes;

	while ((next = memchr(next, GROUP_15, size - (size_t)(next - bytes)))) {
		if (is_load(bytes, (size_t)(next - bytes), size))
			return (size_t)(next - bytes);
		next++;
	}
	return size;
}

/* Searches [start, end) of the file. Windows overlap, so that each form lies in one. */
static int find_in_file(const struct elf_file *file, uint64_t start, uint64_t end,
			uint64_t *offset)
{
	uint8_t bytes[WINDOW];

	for (*offset = end; start < end; start += WINDOW - OVERLAP) {
		const bool last = end - start <= WINDOW;
		const size_t size = last ? (size_t)(end - start) : WINDOW;
		int error = elf_file_read(file, bytes, size, start);
		size_t at;

		if (error)
			return error;
		at = mxcsr_code_in(bytes, size);
		if (at < size && (last || at + 1 < size)) {
			*offset = start + at;
			return 0;
		}
		if (last)
			break;
	}
	return 0;
}

static bool is_code(const GElf_Phdr *segment)
{
	return segment->p_type == PT_LOAD && segment->p_flags & PF_X && segment->p_filesz;
}

static int find_in_segment(const struct elf_file *file, const GElf_Phdr *segment,
			   enum mxcsr_code *found, uint64_t *address)
{
	uint64_t start = PAGE_START(segment->p_offset);
	uint64_t end = PAGE_END(segment->p_offset + segment->p_filesz), offset;
	int error;

	*address = segment->p_vaddr;
	if (segment->p_flags & PF_W) {
		*found = MXCSR_CODE_WRITABLE;
		return 0;
	}
	if (end > file->size)
		end = file->size;
	error = find_in_file(file, start, end, &offset);
	if (!error && offset < end) {
		*found = MXCSR_CODE_LOADS;
		*address += offset - segment->p_offset;
	}
	return error;
}

/* Whether an instruction could begin in one executable segment and end in this one. */
static bool adjoins(struct elf_file *file, const GElf_Phdr *segment)
{
	struct message ignored;
	GElf_Phdr other;

	for (size_t i = 0; i < file->segment_count; i++)
		if (!elf_file_segment(file, i, &other, &ignored) && is_code(&other) &&
		    PAGE_END(other.p_vaddr + other.p_memsz) ==
			    PAGE_START(segment->p_vaddr))
			return true;
	return false;
}

int mxcsr_code_find(struct elf_file *file, enum mxcsr_code *found, uint64_t *address)
{
	struct message ignored;

	*found = MXCSR_CODE_NONE;
	for (size_t i = 0; i < file->segment_count && *found == MXCSR_CODE_NONE; i++) {
		GElf_Phdr segment;
		int error = elf_file_segment(file, i, &segment, &ignored);

		if (!error && is_code(&segment))
			error = find_in_segment(file, &segment, found, address);
		if (error)
			return error;
		if (is_code(&segment) && *found == MXCSR_CODE_NONE &&
		    adjoins(file, &segment)) {
			*found = MXCSR_CODE_LOADS;
			*address = segment.p_vaddr;
		}
	}
	return 0;
}
