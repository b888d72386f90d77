/* From checked structures to the plan's bytes. See plan_file.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/memory_file.h"
#include "common/plan.h"
#include "common/table.h"
#include "plan_file.h"

/*
 * The plan while it is written: tables first, strings after them. Then follow the guest's
 * strings, which have the imports' names, and the imports: these are written in parts, as
 * memory for a large table takes longer to get than to fill.
 */
struct writer {
	uint8_t *bytes; /* up to the guest's strings */
	size_t size;
	uint64_t next;	  /* offset of the next table */
	uint64_t strings; /* offset of the strings */
	uint64_t strings_used;
};

/* Imports that are written at once. */
#define PART 1024

static size_t port_count(const struct plan_parts *parts)
{
	return parts->ports ? parts->ports->count : 0;
}

static size_t peer_count(const struct plan_parts *parts)
{
	return parts->ports ? parts->ports->peer_count : 0;
}

static size_t strings_size(const struct plan_parts *parts)
{
	const struct linked_guest *guest = parts->guest;
	size_t size = 0;

	for (size_t i = 0; i < guest->provider_count; i++)
		if (!provider_is_runner(&guest->providers[i]))
			size += strlen(guest->providers[i].path) + 1 +
				strlen(guest->providers[i].options) + 1;
	for (size_t i = 0; i < parts->options->argument_count; i++)
		size += strlen(parts->options->arguments[i]) + 1;
	for (size_t i = 0; i < port_count(parts); i++)
		size += strlen(parts->ports->ports[i].name) + 1;
	return size;
}

static size_t tables_size(const struct plan_parts *parts)
{
	const struct linked_guest *guest = parts->guest;

	return sizeof(struct plan) +
	       guest->image.segment_count * sizeof(struct plan_segment) +
	       guest->standbys.count * sizeof(struct plan_standby) +
	       guest->provider_count * sizeof(struct plan_provider) +
	       parts->lines->count * sizeof(struct plan_line) +
	       port_count(parts) * sizeof(struct plan_port) +
	       ((peer_count(parts) * sizeof(uint32_t) + 7) & ~(size_t)7) +
	       parts->filter->count * sizeof(*parts->filter->program) +
	       parts->watch->watched_count * sizeof(struct plan_watched) +
	       ((parts->watch->place_count * sizeof(uint32_t) + 7) & ~(size_t)7) +
	       ((parts->options->argument_count * sizeof(uint32_t) + 7) & ~(size_t)7);
}

static uint32_t add_string(struct writer *writer, const char *string)
{
	uint64_t at = writer->strings_used;
	size_t size = strlen(string) + 1;

	memcpy(writer->bytes + writer->strings + at, string, size);
	writer->strings_used += size;
	return (uint32_t)at;
}

/* Reserves a table, which the caller fills in. */
static void *add_table(struct writer *writer, struct plan_table *table, size_t count,
		       size_t record_size)
{
	table->offset = writer->next;
	table->count = count;
	writer->next += (count * record_size + 7) & ~(uint64_t)7;
	return writer->bytes + table->offset;
}

static void write_segments(struct writer *writer, struct plan *plan,
			   const struct image *image)
{
	struct plan_segment *to =
		add_table(writer, &plan->segments, image->segment_count, sizeof(*to));

	for (size_t i = 0; i < image->segment_count; i++)
		to[i] = (struct plan_segment){
			.address = image->segments[i].p_vaddr,
			.offset = image->segments[i].p_offset,
			.file_size = image->segments[i].p_filesz,
			.memory_size = image->segments[i].p_memsz,
			.alignment = image->segments[i].p_align,
			.flags = image->segments[i].p_flags,
		};
}

/* `names`: where the guest's strings begin among all. */
static struct plan_import import_of(const struct linked_guest *guest, size_t index,
				    uint64_t names)
{
	const struct import *import = &guest->table.imports[index];
	const struct link *link = &guest->result.links[index];
	const char *strings = (const char *)guest->table.strings.bytes;
	const bool bound = link->status == LINK_BOUND;

	return (struct plan_import){
		.slot = import->slot,
		.function = bound ? link->function->function : 0,
		.provider = bound ? link->provider : PLAN_NO_PROVIDER,
		.name = (uint32_t)(names + (uint64_t)(import->name - strings)),
		.flags = import->flags,
		.carry = link->call.mode,
		.stack_bytes = link->call.stack_bytes,
	};
}

static int write_imports(int fd, const struct plan_table *table,
			 const struct linked_guest *guest, uint64_t names)
{
	struct plan_import part[PART];
	int error = 0;

	for (size_t from = 0; !error && from < table->count; from += PART) {
		const size_t rest = table->count - from,
			     count = rest < PART ? rest : PART;

		for (size_t i = 0; i < count; i++)
			part[i] = import_of(guest, from + i, names);
		error = memory_file_write(fd, table->offset + from * sizeof(*part), part,
					  count * sizeof(*part));
	}
	return error;
}

static void write_standbys(struct writer *writer, struct plan *plan,
			   const struct standbys *standbys)
{
	struct plan_standby *to =
		add_table(writer, &plan->standbys, standbys->count, sizeof(*to));

	for (size_t i = 0; i < standbys->count; i++) {
		const struct standby *from = &standbys->entries[i];

		to[i] = (struct plan_standby){
			.function = from->function->function,
			.provider = from->provider,
			.import = from->import,
			.carry = from->call.mode,
			.stack_bytes = from->call.stack_bytes,
		};
	}
}

static uint64_t changed_ns(const struct stat *status)
{
	return (uint64_t)status->st_mtim.tv_sec * 1000000000u +
	       (uint64_t)status->st_mtim.tv_nsec;
}

static void write_providers(struct writer *writer, struct plan *plan,
			    const struct linked_guest *guest)
{
	struct plan_provider *to =
		add_table(writer, &plan->providers, guest->provider_count, sizeof(*to));

	for (size_t i = 0; i < guest->provider_count; i++) {
		const struct provider_file *provider = &guest->providers[i];

		to[i] = (struct plan_provider){
			.path = PLAN_NO_STRING,
			.options = PLAN_NO_STRING,
			.device = provider->status.st_dev,
			.inode = provider->status.st_ino,
			.size = (uint64_t)provider->status.st_size,
			.changed_ns = changed_ns(&provider->status),
		};
		if (provider_is_runner(provider))
			continue;
		to[i].path = add_string(writer, provider->path);
		to[i].options = add_string(writer, provider->options);
	}
}

static void write_arguments(struct writer *writer, struct plan *plan,
			    const struct options *options)
{
	uint32_t *to =
		add_table(writer, &plan->arguments, options->argument_count, sizeof(*to));

	for (size_t i = 0; i < options->argument_count; i++)
		to[i] = add_string(writer, options->arguments[i]);
	plan->name = to[0];
}

static void write_lines(struct writer *writer, struct plan *plan,
			const struct irq_lines *lines)
{
	struct plan_line *to = add_table(writer, &plan->lines, lines->count, sizeof(*to));

	for (size_t i = 0; i < lines->count; i++)
		to[i] = (struct plan_line){
			.vector = lines->lines[i].vector,
			.kind = lines->lines[i].kind,
			.descriptor = (uint32_t)lines->lines[i].descriptor,
		};
}

static void write_ports(struct writer *writer, struct plan *plan,
			const struct plan_parts *parts)
{
	const size_t count = port_count(parts), peers = peer_count(parts);
	struct plan_port *to = add_table(writer, &plan->ports, count, sizeof(*to));
	uint32_t *to_peers = add_table(writer, &plan->peers, peers, sizeof(*to_peers));

	for (size_t i = 0; i < count; i++) {
		to[i] = parts->ports->ports[i].record;
		to[i].name = add_string(writer, parts->ports->ports[i].name);
	}
	for (size_t i = 0; i < peers; i++)
		to_peers[i] = (uint32_t)parts->ports->peers[i];
}

static void write_filter(struct writer *writer, struct plan *plan,
			 const struct filter *filter)
{
	const size_t size = sizeof(*filter->program);
	void *to = add_table(writer, &plan->filter, filter->count, size);

	if (filter->count)
		memcpy(to, filter->program, filter->count * size);
}

static void write_watched(struct writer *writer, struct plan *plan,
			  const struct watched_calls *watch)
{
	void *watched = add_table(writer, &plan->watched, watch->watched_count,
				  sizeof(*watch->watched));
	void *places = add_table(writer, &plan->places, watch->place_count,
				 sizeof(*watch->places));

	if (watch->watched_count)
		memcpy(watched, watch->watched,
		       watch->watched_count * sizeof(*watch->watched));
	if (watch->place_count)
		memcpy(places, watch->places,
		       watch->place_count * sizeof(*watch->places));
	if (watch->traces)
		plan->options |= PLAN_TRACE;
}

static struct plan_range range(struct image_range from)
{
	return (struct plan_range){ .address = from.address, .size = from.size };
}

static void write_header(struct plan *plan, const struct linked_guest *guest,
			 const struct options *options)
{
	*plan = (struct plan){
		.magic = PLAN_MAGIC,
		.version = PLAN_VERSION,
		.machine = guest->file.machine->number,
		.position_independent = guest->image.position_independent,
		.options = (options->bind_now ? PLAN_BIND_NOW : 0u) |
			   (options->report ? PLAN_SHOW_BOUND : 0u) |
			   (options->perf_map ? PLAN_PERF_MAP : 0u) |
			   (options->wait_gdb ? PLAN_WAIT_GDB : 0u) |
			   (options->core ? PLAN_KEEP_CORE : 0u) |
			   (options->clock_guest ? PLAN_CLOCK_GUEST : 0u) |
			   (options->sandbox != SANDBOX_OFF ? PLAN_SANDBOX : 0u) |
			   (options->sandbox == SANDBOX_STRICT ? PLAN_STRICT : 0u) |
			   (options->report_json || options->model ? PLAN_REASONS : 0u),
		.file_size = guest->file.size,
		.entry = guest->image.entry,
		.resolver_pointer = guest->table.resolver_pointer,
		.imports_address = guest->table.address,
		.vcpu_state = guest->table.vcpu_state,
		.readonly_slots = range(guest->table.readonly_slots),
		.rela = range(guest->image.rela),
		.relr = range(guest->image.relr),
		.dynamic = guest->image.dynamic,
		.stack_size = options->stack_size,
		.host_stack_size = options->host_stack_size,
		.work_area_size = options->work_area_size,
	};
}

/* The guest's strings lie after the others, with a NUL; then the imports. */
static void place_rest(struct plan *plan, const struct writer *writer,
		       const struct import_table *table)
{
	const uint64_t strings = writer->strings_used + table->strings.size + 1;

	plan->strings = (struct plan_table){ writer->strings, strings };
	plan->imports = (struct plan_table){
		(writer->strings + strings + 7) & ~(uint64_t)7,
		table->count,
	};
	plan->size = plan->imports.offset + table->count * sizeof(struct plan_import);
}

static void write_plan(struct writer *writer, const struct plan_parts *parts)
{
	struct plan *plan = (struct plan *)writer->bytes;

	write_header(plan, parts->guest, parts->options);
	plan->gdb = parts->gdb ? (uint64_t)parts->gdb + 1 : 0;
	writer->next = sizeof(*plan);
	write_segments(writer, plan, &parts->guest->image);
	write_standbys(writer, plan, &parts->guest->standbys);
	write_providers(writer, plan, parts->guest);
	write_arguments(writer, plan, parts->options);
	write_lines(writer, plan, parts->lines);
	write_ports(writer, plan, parts);
	write_filter(writer, plan, parts->filter);
	write_watched(writer, plan, parts->watch);
	plan->options |= parts->filter->processes ? PLAN_PROCESSES : 0u;
	plan->options |=
		linked_guest_keeps_mxcsr(parts->guest, NULL) ? PLAN_KEEPS_MXCSR : 0u;
	place_rest(plan, writer, &parts->guest->table);
}

/* Through copies: a write is faster than page faults of a mapped memory file. */
static int fill(int fd, const struct writer *writer, const struct linked_guest *guest)
{
	const int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
	const struct plan *plan = (const struct plan *)writer->bytes;
	const struct elf_section *strings = &guest->table.strings;
	int error = memory_file_write(fd, 0, writer->bytes, writer->size);

	if (!error)
		error = memory_file_write(fd, writer->size, strings->bytes,
					  (size_t)strings->size);
	if (!error)
		error = write_imports(fd, &plan->imports, guest, writer->strings_used);
	if (!error && fcntl(fd, F_ADD_SEALS, seals))
		error = -errno;
	return error;
}

static int create(const struct writer *writer, const struct linked_guest *guest,
		  struct message *message)
{
	const struct plan *plan = (const struct plan *)writer->bytes;
	int fd = memory_file_create("the plan", plan->size, message);
	int error;

	if (fd < 0)
		return fd;
	error = fill(fd, writer, guest);
	if (!error)
		return fd;
	close(fd);
	return fail(message, -error, "the plan cannot be written: %s", strerror(-error));
}

int plan_file_create(const struct plan_parts *parts, struct message *message)
{
	struct writer writer = { .strings = tables_size(parts) };
	const size_t strings = strings_size(parts);
	int result;

	if (strings + parts->guest->table.strings.size >= PLAN_NO_STRING)
		return fail(message, EFBIG, "more than 4 GiB of names");
	writer.size = writer.strings + strings;
	writer.bytes = table_new(writer.size, 1);
	if (!writer.bytes)
		return fail(message, ENOMEM, "out of memory");
	write_plan(&writer, parts);
	result = create(&writer, parts->guest, message);
	table_free(writer.bytes, writer.size, 1);
	return result;
}
