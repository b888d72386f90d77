/* Read, load, bind, and put before the guest's entry. See monitor_library.h. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "common/page.h"
#include "monitor/library_map.h"
#include "monitor_library.h"

/* All segments of a library, with the gaps between them. */
#define MAX_LIBRARY (UINT64_C(64) << 20)

struct library {
	struct provider_file *file; /* libelf does not know const */
	struct image image;
	struct import_table table;
	struct link_result result;
	uint8_t *bytes; /* the image in memory, from `low` on */
	uint64_t low;
	uint64_t size;
};

static uint8_t *at(const struct library *library, uint64_t address)
{
	return library->bytes + (address - library->low);
}

/* Finds the services that it imports in the monitor's runtime, the guest's last
 * provider. */
static int link_library(struct library *library, const struct linked_guest *guest,
			struct message *message)
{
	const size_t runtime = guest->provider_count - 1;
	const struct link_result *result = &library->result;

	if (link_imports(&library->result, &library->table, guest->file.machine->number,
			 &guest->providers[runtime], 1))
		return fail(message, ENOMEM, "out of memory");
	for (size_t i = 0; i < result->count; i++)
		if (result->links[i].status != LINK_BOUND)
			return fail(message, ENOEXEC,
				    "imports %s, which a partition does not have "
				    "(expected services of the monitor's runtime)",
				    library->table.imports[i].name);
	return 0;
}

static int read_library(struct library *library, const struct linked_guest *guest,
			struct message *message)
{
	struct elf_file *elf = &library->file->elf;
	int error = image_read(&library->image, elf, message);

	if (!error)
		error = imports_read(&library->table, elf, &library->image, message);
	if (!error && library->table.vcpu_state)
		error = fail(message, ENOEXEC,
			     "takes interrupts of its own (jumpslot/virt_cpu.h), which "
			     "are the guest's");
	return error ? error : link_library(library, guest, message);
}

static int load_segment(const struct library *library, const GElf_Phdr *segment,
			struct message *message)
{
	return elf_file_read(&library->file->elf, at(library, segment->p_vaddr),
			     (size_t)segment->p_filesz, segment->p_offset)
		       ? fail(message, EIO, "cannot be read: it was cut short")
		       : 0;
}

static int load(struct library *library, struct monitor_partition *partition,
		struct message *message)
{
	const struct image *image = &library->image;
	uint64_t low = UINT64_MAX, high = 0;
	int error = 0;

	for (size_t i = 0; i < image->segment_count; i++) {
		const GElf_Phdr *segment = &image->segments[i];

		low = segment->p_vaddr < low ? segment->p_vaddr : low;
		high = segment->p_vaddr + segment->p_memsz > high
			       ? segment->p_vaddr + segment->p_memsz
			       : high;
	}
	library->low = PAGE_START(low);
	library->size = PAGE_END(high) - library->low;
	if (library->size > MAX_LIBRARY)
		return fail(message, ENOEXEC,
			    "0x%" PRIx64 " bytes from 0x%" PRIx64
			    " on are too many for a partition library (expected at most "
			    "0x%" PRIx64 ")",
			    library->size, library->low, MAX_LIBRARY);
	library->bytes = monitor_partition_memory(partition, library->size, message);
	if (!library->bytes)
		return -ENOMEM;
	for (size_t i = 0; !error && i < image->segment_count; i++)
		error = load_segment(library, &image->segments[i], message);
	return error;
}

static void store(const struct library *library, uint64_t slot, uint64_t value,
		  uint64_t word)
{
	memcpy(at(library, slot), &value, word);
}

static void bind(const struct library *library, const struct monitor_partition *partition)
{
	const uint64_t word = library->file->elf.machine->word;

	store(library, library->table.resolver_pointer,
	      monitor_partition_resolver(partition), word);
	for (size_t i = 0; i < library->result.count; i++)
		store(library, library->table.imports[i].slot,
		      library->result.links[i].function->function, word);
}

/* Fills in the library's map: the partition starts in the library, which goes on to what
 * was to start first. */
static int put_first(const struct library *library, struct monitor_partition *partition,
		     struct message *message)
{
	const char *options = library->file->options ? library->file->options : "";
	struct monitor_library_map map = { .next = partition->record.entry };
	struct elf_section section;
	int error = elf_file_section(&library->file->elf, MONITOR_LIBRARY_SECTION,
				     sizeof(map), &section, message);

	if (error == -ENOENT || (!error && section.size != sizeof(map)))
		return fail(message, ENOEXEC,
			    "no section %s of %zu bytes (expected a partition library)",
			    MONITOR_LIBRARY_SECTION, sizeof(map));
	if (error)
		return error;
	if (!image_maps(&library->image, section.address, section.offset, sizeof(map),
			PF_W))
		return fail(message, ENOEXEC, "section %s is not in a writable segment",
			    MONITOR_LIBRARY_SECTION);
	if (strlen(options) >= sizeof(map.options))
		return fail(message, EINVAL,
			    "options of %zu bytes (expected at most %zu)",
			    strlen(options), sizeof(map.options) - 1);
	memcpy(map.options, options, strlen(options));
	memcpy(at(library, section.address), &map, sizeof(map));
	partition->record.entry = library->image.entry;
	return 0;
}

static uint32_t access_of(uint32_t flags)
{
	return BOOT_READ | (flags & PF_W ? BOOT_WRITE : 0u) |
	       (flags & PF_X ? BOOT_EXECUTE : 0u);
}

static int add_regions(const struct library *library, struct monitor_partition *partition,
		       struct message *message)
{
	int error = 0;

	for (size_t i = 0; !error && i < library->image.segment_count; i++) {
		const GElf_Phdr *segment = &library->image.segments[i];
		const uint64_t start = PAGE_START(segment->p_vaddr);
		const uint64_t end = PAGE_END(segment->p_vaddr + segment->p_memsz);
		const bool writable = segment->p_flags & PF_W;
		const struct boot_region record = {
			.address = start,
			.size = end - start,
			.file_size =
				writable ? segment->p_vaddr + segment->p_filesz - start
					 : end - start,
			.access = access_of(segment->p_flags),
			.kind = BOOT_SEGMENT,
		};

		error = monitor_partition_add(partition, library->file->name, &record,
					      at(library, start), message);
	}
	return error;
}

static int add_library(struct monitor_partition *partition,
		       const struct linked_guest *guest, size_t index,
		       struct message *message)
{
	struct library library = {
		.file = (struct provider_file *)&guest->providers[index],
	};
	int error = read_library(&library, guest, message);

	if (!error)
		error = load(&library, partition, message);
	if (!error) {
		bind(&library, partition);
		error = put_first(&library, partition, message);
	}
	if (!error)
		error = add_regions(&library, partition, message);
	link_free(&library.result);
	imports_free(&library.table);
	return error;
}

int monitor_libraries_add(struct monitor_partition *partition,
			  const struct linked_guest *guest, const char **object,
			  struct message *message)
{
	int error = 0;

	/* The last one is put first, so that the first one runs first. */
	for (size_t i = guest->provider_count - 1; !error && i-- > 0;) {
		*object = guest->providers[i].name;
		error = add_library(partition, guest, i, message);
	}
	if (!error)
		*object = guest->name;
	return error ? error : monitor_partition_check(partition, message);
}
