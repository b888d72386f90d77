/* Checks each of a guest's segments. See image.h. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "common/page.h"
#include "image.h"

/* musl 1.2.3 has no names for them. */
#ifndef DT_RELR
#define DT_RELRSZ  35
#define DT_RELR	   36
#define DT_RELRENT 37
#endif

static int check_extent(const GElf_Phdr *segment, size_t index,
			const struct elf_file *file, struct message *message)
{
	uint64_t limit = file->machine->address_limit;

	if (!range_within(segment->p_offset, segment->p_filesz, file->size))
		return fail(message, ENOEXEC,
			    "segment %zu: 0x%" PRIx64 " bytes at offset 0x%" PRIx64
			    " do not lie within the file of 0x%" PRIx64 " bytes",
			    index, segment->p_filesz, segment->p_offset, file->size);
	if (segment->p_filesz > segment->p_memsz)
		return fail(message, ENOEXEC,
			    "segment %zu: 0x%" PRIx64 " bytes in the file, 0x%" PRIx64
			    " in memory",
			    index, segment->p_filesz, segment->p_memsz);
	if (!range_within(segment->p_vaddr, segment->p_memsz, limit))
		return fail(message, ENOEXEC,
			    "segment %zu: 0x%" PRIx64 " bytes at address 0x%" PRIx64
			    " do not lie below 0x%" PRIx64,
			    index, segment->p_memsz, segment->p_vaddr, limit);
	return 0;
}

static int check_mappable(const GElf_Phdr *segment, size_t index, bool movable,
			  struct message *message)
{
	if ((segment->p_flags & (PF_W | PF_X)) == (PF_W | PF_X))
		return fail(
			message, ENOEXEC,
			"segment %zu at 0x%" PRIx64
			" is writable and executable: linkscripts/guest-*.ld keep code "
			"and data apart",
			index, segment->p_vaddr);
	if (segment->p_align > 1 && segment->p_align & (segment->p_align - 1))
		return fail(message, ENOEXEC,
			    "segment %zu: alignment 0x%" PRIx64 " is not a power of two",
			    index, segment->p_align);
	if (segment->p_align > 0x40000000)
		return fail(message, ENOEXEC,
			    "segment %zu: alignment 0x%" PRIx64 ": at most 0x40000000",
			    index, segment->p_align);
	if ((segment->p_vaddr - segment->p_offset) % PAGE)
		return fail(message, ENOEXEC,
			    "segment %zu: address 0x%" PRIx64 " and offset 0x%" PRIx64
			    " differ within a page: link without -n or -N",
			    index, segment->p_vaddr, segment->p_offset);
	if (!movable && segment->p_vaddr < PAGE)
		return fail(message, ENOEXEC,
			    "segment %zu at 0x%" PRIx64
			    ": page zero stays unmapped, to catch null pointers",
			    index, segment->p_vaddr);
	return 0;
}

static int check_overlap(const struct image *image, const GElf_Phdr *segment,
			 size_t index, struct message *message)
{
	uint64_t start = PAGE_START(segment->p_vaddr);
	uint64_t end = PAGE_END(segment->p_vaddr + segment->p_memsz);

	for (size_t i = 0; i < image->segment_count; i++) {
		const GElf_Phdr *other = &image->segments[i];

		if (start < PAGE_END(other->p_vaddr + other->p_memsz) &&
		    PAGE_START(other->p_vaddr) < end)
			return fail(message, ENOEXEC,
				    "segment %zu at 0x%" PRIx64
				    " shares a page with the segment at 0x%" PRIx64,
				    index, segment->p_vaddr, other->p_vaddr);
	}
	return 0;
}

static int add_segment(struct image *image, const GElf_Phdr *segment, size_t index,
		       const struct elf_file *file, struct message *message)
{
	int error = check_extent(segment, index, file, message);

	if (error || !segment->p_memsz)
		return error;
	if (image->segment_count == IMAGE_MAX_SEGMENTS)
		return fail(message, ENOEXEC, "more than %u PT_LOAD segments",
			    IMAGE_MAX_SEGMENTS);
	error = check_mappable(segment, index, image->position_independent, message);
	if (!error)
		error = check_overlap(image, segment, index, message);
	if (!error)
		image->segments[image->segment_count++] = *segment;
	return error;
}

static int refuse_kind(const GElf_Phdr *segment, struct message *message)
{
	if (segment->p_type == PT_INTERP)
		return fail(
			message, ENOEXEC,
			"a dynamic program (PT_INTERP): guests are linked statically");
	if (segment->p_type == PT_TLS)
		return fail(
			message, ENOEXEC,
			"thread-local storage (PT_TLS) needs FS or GS, which belong to "
			"the host: link newlib instead of glibc (docs/lua-guest.md)");
	return 0;
}

static int read_segments(struct image *image, struct elf_file *file, GElf_Phdr *dynamic,
			 struct message *message)
{
	dynamic->p_type = PT_NULL;
	for (size_t i = 0; i < file->segment_count; i++) {
		GElf_Phdr segment;
		int error = elf_file_segment(file, i, &segment, message);

		if (!error)
			error = refuse_kind(&segment, message);
		if (!error && segment.p_type == PT_LOAD)
			error = add_segment(image, &segment, i, file, message);
		if (error)
			return error;
		if (segment.p_type == PT_DYNAMIC)
			*dynamic = segment;
	}
	if (!image->segment_count)
		return fail(message, ENOEXEC, "nothing to load: no PT_LOAD segment");
	return 0;
}

bool image_has(const struct image *image, uint64_t address)
{
	for (size_t i = 0; i < image->segment_count; i++)
		if (address >= image->segments[i].p_vaddr &&
		    address - image->segments[i].p_vaddr < image->segments[i].p_memsz)
			return true;
	return false;
}

bool image_has_code(const struct image *image, uint64_t address)
{
	for (size_t i = 0; i < image->segment_count; i++)
		if (image->segments[i].p_flags & PF_X &&
		    address >= image->segments[i].p_vaddr &&
		    address - image->segments[i].p_vaddr < image->segments[i].p_memsz)
			return true;
	return false;
}

bool image_maps(const struct image *image, uint64_t address, uint64_t offset,
		uint64_t size, uint32_t flags)
{
	for (size_t i = 0; i < image->segment_count; i++) {
		const GElf_Phdr *segment = &image->segments[i];
		uint64_t start = address - segment->p_vaddr;

		if (address >= segment->p_vaddr &&
		    range_within(start, size, segment->p_filesz))
			return offset == segment->p_offset + start &&
			       (segment->p_flags & flags) == flags;
	}
	return false;
}

static bool maps_from_file(const struct image *image, const struct image_range *range)
{
	for (size_t i = 0; i < image->segment_count; i++) {
		const GElf_Phdr *segment = &image->segments[i];

		if (range->address >= segment->p_vaddr &&
		    range_within(range->address - segment->p_vaddr, range->size,
				 segment->p_filesz))
			return true;
	}
	return false;
}

/* Handles the entries of the dynamic section that matter for loading. */
static int read_dynamic_entry(struct image *image, int64_t tag, uint64_t value,
			      uint64_t *entry_sizes, struct message *message)
{
	switch (tag) {
	case DT_NEEDED:
		return fail(message, ENOEXEC,
			    "needs a shared library (DT_NEEDED): guests are linked "
			    "statically");
	case DT_TEXTREL:
		return fail(message, ENOEXEC, "relocates its code (DT_TEXTREL)");
	case DT_JMPREL:
	case DT_REL:
		return fail(
			message, ENOEXEC,
			"has relocations that only a dynamic linker applies (tag %" PRIi64
			")",
			tag);
	case DT_RELA:
		image->rela.address = value;
		break;
	case DT_RELASZ:
		image->rela.size = value;
		break;
	case DT_RELR:
		image->relr.address = value;
		break;
	case DT_RELRSZ:
		image->relr.size = value;
		break;
	case DT_RELAENT:
		entry_sizes[0] = value;
		break;
	case DT_RELRENT:
		entry_sizes[1] = value;
		break;
	}
	return 0;
}

static int check_relocations(const struct image *image, const uint64_t *entry_sizes,
			     struct message *message)
{
	const struct image_range *ranges[] = { &image->rela, &image->relr };
	const char *names[] = { "RELA", "RELR" };
	const uint64_t sizes[] = { sizeof(Elf64_Rela), sizeof(Elf64_Xword) };

	for (int i = 0; i < 2; i++)
		if (ranges[i]->size &&
		    (entry_sizes[i] != sizes[i] || ranges[i]->size % sizes[i] ||
		     ranges[i]->address % 8 || !maps_from_file(image, ranges[i])))
			return fail(message, ENOEXEC,
				    "%s: 0x%" PRIx64 " bytes of %" PRIu64
				    "-byte entries at "
				    "0x%" PRIx64 ": not %" PRIu64
				    "-byte entries within a segment",
				    names[i], ranges[i]->size, entry_sizes[i],
				    ranges[i]->address, sizes[i]);
	return 0;
}

/* Reads the dynamic section of a static PIE from the file. */
static int read_dynamic(struct image *image, struct elf_file *file,
			const GElf_Phdr *dynamic, struct message *message)
{
	uint64_t entry_sizes[2] = { sizeof(Elf64_Rela), sizeof(Elf64_Xword) };
	size_t size = gelf_fsize(file->elf, ELF_T_DYN, 1, EV_CURRENT);
	Elf_Data *data;
	int error = 0;

	if (!range_within(dynamic->p_offset, dynamic->p_filesz, file->size) ||
	    dynamic->p_filesz > 0x10000)
		return fail(message, ENOEXEC,
			    "PT_DYNAMIC: 0x%" PRIx64 " bytes at offset 0x%" PRIx64
			    " do not lie within the file, or are more than 0x10000",
			    dynamic->p_filesz, dynamic->p_offset);
	data = elf_getdata_rawchunk(file->elf, (int64_t)dynamic->p_offset,
				    dynamic->p_filesz, ELF_T_DYN);
	if (!data)
		return fail(message, ENOEXEC, "PT_DYNAMIC cannot be read");
	for (size_t i = 0; !error && i < data->d_size / size; i++) {
		GElf_Dyn entry;

		if (!gelf_getdyn(data, (int)i, &entry) || entry.d_tag == DT_NULL)
			break;
		error = read_dynamic_entry(image, entry.d_tag, entry.d_un.d_val,
					   entry_sizes, message);
	}
	return error ? error : check_relocations(image, entry_sizes, message);
}

static int check_entry(const struct image *image, struct message *message)
{
	for (size_t i = 0; i < image->segment_count; i++) {
		const GElf_Phdr *segment = &image->segments[i];

		if (image->entry >= segment->p_vaddr &&
		    image->entry - segment->p_vaddr < segment->p_filesz &&
		    segment->p_flags & PF_X)
			return 0;
	}
	if (!image->entry)
		return fail(message, ENOEXEC,
			    "no entry: no _start (expected JUMPSLOT_ENTRY; a program "
			    "with main() needs jumpslot-cc --newlib)");
	return fail(message, ENOEXEC,
		    "the entry 0x%" PRIx64 " lies outside executable code", image->entry);
}

/* The words of gen-func-list. */
static int fail_type(unsigned type, struct message *message)
{
	static const char *const names[] = {
		[ET_NONE] = "ET_NONE",
		[ET_REL] = "ET_REL",
		[ET_CORE] = "ET_CORE",
	};

	if (type < sizeof(names) / sizeof(*names) && names[type])
		return fail(message, ENOEXEC, "ELF type %s: not a linked image",
			    names[type]);
	return fail(message, ENOEXEC, "ELF type %u: not a linked image", type);
}

static int check_type(const struct elf_file *file, struct message *message)
{
	unsigned type = file->header.e_type;

	if (type != ET_EXEC && type != ET_DYN)
		return fail_type(type, message);
	if (type == ET_DYN && !file->header.e_entry)
		return fail(message, ENOEXEC,
			    "a shared library (expected a guest; a provider is named by "
			    "--provider)");
	if (type == ET_DYN && !file->machine->has_static_pie)
		return fail(message, ENOEXEC,
			    "a position-independent %s image: link with -no-pie",
			    file->machine->name);
	return 0;
}

int image_read(struct image *image, struct elf_file *file, struct message *message)
{
	GElf_Phdr dynamic = { .p_type = PT_NULL };
	int error = check_type(file, message);

	*image = (struct image){
		.entry = file->header.e_entry,
		.position_independent = file->header.e_type == ET_DYN,
	};
	if (!error)
		error = read_segments(image, file, &dynamic, message);
	if (!error && dynamic.p_type == PT_DYNAMIC)
		error = read_dynamic(image, file, &dynamic, message);
	image->dynamic = dynamic.p_type == PT_DYNAMIC ? dynamic.p_vaddr : 0;
	return error ? error : check_entry(image, message);
}
