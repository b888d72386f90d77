/* Segments, the map, and the tables of ranges and stops. See monitor_runtime.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/code_table_x86.h"
#include "common/page.h"
#include "monitor/calls.h"
#include "monitor_runtime.h"

/* All sections that are read here. */
#define MAX_SECTION 4096

static int read_contents(struct monitor_runtime *runtime, size_t number,
			 struct message *message)
{
	const GElf_Phdr *segment = &runtime->segments[number];
	uint8_t *bytes = calloc(1, PAGE_END(segment->p_memsz));

	runtime->contents[number] = bytes;
	if (!bytes)
		return fail(message, ENOMEM, "out of memory");
	if (pread(runtime->fd, bytes, segment->p_filesz, (off_t)segment->p_offset) !=
	    (ssize_t)segment->p_filesz)
		return fail(message, ENOEXEC, "the runtime cannot be read");
	return 0;
}

static int read_segments(struct monitor_runtime *runtime, struct elf_file *file,
			 struct message *message)
{
	for (size_t i = 0; i < file->segment_count; i++) {
		GElf_Phdr segment;
		int error = elf_file_segment(file, i, &segment, message);

		if (error)
			return error;
		if (segment.p_type != PT_LOAD)
			continue;
		if (runtime->segment_count == MONITOR_RUNTIME_MAX_SEGMENTS ||
		    !range_within(segment.p_offset, segment.p_filesz, file->size) ||
		    segment.p_filesz > segment.p_memsz || segment.p_memsz > 1 << 20)
			return fail(message, ENOEXEC, "segments of another layout");
		runtime->segments[runtime->segment_count++] = segment;
		error = read_contents(runtime, runtime->segment_count - 1, message);
		if (error)
			return error;
	}
	return 0;
}

static int find_section(struct elf_file *file, const char *name, size_t record,
			struct elf_section *section, struct message *message)
{
	int error = elf_file_section(file, name, MAX_SECTION, section, message);

	if (error == -ENOENT)
		return fail(message, ENOEXEC, "section %s is missing", name);
	if (!error && (section->size < record || section->size % record))
		return fail(message, ENOEXEC, "section %s: of another layout", name);
	return error;
}

/* The address to which a distance leads. `at`: of the field, in the section. */
static uint64_t target(const struct elf_section *section, size_t at)
{
	int32_t distance;

	memcpy(&distance, section->bytes + at, sizeof(distance));
	return section->address + at + (uint64_t)(int64_t)distance;
}

#define TARGET(field) target(&section, offsetof(struct monitor_map, field))

static int read_map(struct monitor_runtime *runtime, struct elf_file *file,
		    struct message *message)
{
	struct elf_section section;
	struct monitor_map map;
	int error =
		find_section(file, MONITOR_MAP_SECTION, sizeof(map), &section, message);

	if (error)
		return error;
	memcpy(&map, section.bytes, sizeof(map));
	runtime->addresses = (struct boot_runtime){
		.calls = TARGET(calls),
		.upcall = TARGET(upcall),
		.resume = TARGET(resume),
		.fault_call = TARGET(fault_call),
		.vcpu = TARGET(vcpu),
		.handler = map.handler,
		.resuming = map.resuming,
		.waiting = map.waiting,
		.delivered = map.delivered,
		.used = map.used,
	};
	runtime->state_offset = map.state;
	runtime->lines_offset = map.lines;
	return 0;
}

static int add_range(struct monitor_runtime *runtime, const struct boot_range *range,
		     struct message *message)
{
	if (runtime->range_count == BOOT_MAX_RANGES)
		return fail(message, ENOEXEC, "more than %d ranges of code",
			    BOOT_MAX_RANGES);
	runtime->ranges[runtime->range_count++] = *range;
	return 0;
}

static int read_ranges(struct monitor_runtime *runtime, struct elf_file *file,
		       struct message *message)
{
	const size_t size = sizeof(struct code_range_entry);
	struct elf_section section;
	int error = find_section(file, "jumpslot_ranges", size, &section, message);

	for (size_t at = 0; !error && at < section.size; at += size) {
		struct code_range_entry entry;
		struct boot_range range;

		memcpy(&entry, section.bytes + at, sizeof(entry));
		range = (struct boot_range){
			.start = target(&section, at),
			.end = target(&section,
				      at + offsetof(struct code_range_entry, end)),
			.kind = entry.kind,
		};
		error = add_range(runtime, &range, message);
	}
	return error;
}

static int read_stops(struct monitor_runtime *runtime, struct elf_file *file,
		      struct message *message)
{
	const size_t size = sizeof(struct code_stop_entry);
	struct elf_section section;
	int error = find_section(file, "jumpslot_stops", size, &section, message);

	for (size_t at = 0; !error && at < section.size; at += size) {
		struct code_stop_entry entry;
		struct boot_range range;

		memcpy(&entry, section.bytes + at, sizeof(entry));
		range = (struct boot_range){
			.start = target(&section, at),
			.end = target(&section, at) + 1,
			.kind = BOOT_RANGE_STOP,
			.outcome = entry.outcome,
		};
		error = add_range(runtime, &range, message);
	}
	return error;
}

int monitor_runtime_read(struct monitor_runtime *runtime, int fd, struct message *message)
{
	struct elf_file file;
	int error;

	*runtime = (struct monitor_runtime){ .fd = fd };
	error = elf_file_open(&file, fd, message);
	if (error)
		return error;
	error = read_segments(runtime, &file, message);
	if (!error)
		error = read_map(runtime, &file, message);
	if (!error)
		error = read_ranges(runtime, &file, message);
	if (!error)
		error = read_stops(runtime, &file, message);
	elf_file_close(&file);
	return error;
}

void monitor_runtime_free(struct monitor_runtime *runtime)
{
	for (size_t i = 0; i < runtime->segment_count; i++)
		free(runtime->contents[i]);
	close(runtime->fd);
}
