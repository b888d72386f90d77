/* From checked structures to the plan's bytes. See plan_file.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/plan.h"
#include "plan_file.h"

/* The plan while it is written: tables first, strings behind them. */
struct writer {
	uint8_t *bytes;
	size_t size;
	uint64_t next;	  /* where the next table goes */
	uint64_t strings; /* where the strings begin */
	uint64_t strings_used;
};

static size_t strings_size(const struct plan_source *source)
{
	size_t size = 0;

	for (size_t i = 0; i < source->table->count; i++)
		size += strlen(source->table->imports[i].name) + 1;
	for (size_t i = 0; i + 1 < source->provider_count; i++)
		size += strlen(source->providers[i].path) + 1 +
			strlen(source->providers[i].options) + 1;
	for (size_t i = 0; i < source->options->argument_count; i++)
		size += strlen(source->options->arguments[i]) + 1;
	return size;
}

static size_t tables_size(const struct plan_source *source)
{
	return sizeof(struct plan) +
	       source->image->segment_count * sizeof(struct plan_segment) +
	       source->table->count * sizeof(struct plan_import) +
	       source->provider_count * sizeof(struct plan_provider) +
	       source->lines->count * sizeof(struct plan_line) +
	       ((source->options->argument_count * sizeof(uint32_t) + 7) & ~(size_t)7);
}

static uint32_t add_string(struct writer *writer, const char *string)
{
	uint64_t at = writer->strings_used;
	size_t size = strlen(string) + 1;

	memcpy(writer->bytes + writer->strings + at, string, size);
	writer->strings_used += size;
	return (uint32_t)at;
}

/* Room for a table; the caller fills it in. */
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

static void write_imports(struct writer *writer, struct plan *plan,
			  const struct plan_source *source)
{
	struct plan_import *to =
		add_table(writer, &plan->imports, source->table->count, sizeof(*to));

	for (size_t i = 0; i < source->table->count; i++) {
		const struct import *import = &source->table->imports[i];
		const struct link *link = &source->result->links[i];
		bool bound = link->status == LINK_BOUND;

		to[i] = (struct plan_import){
			.slot = import->slot,
			.function = bound ? link->function->function : 0,
			.provider = bound ? (uint32_t)link->provider : PLAN_NO_PROVIDER,
			.name = add_string(writer, import->name),
			.flags = import->flags,
			.carry = link->carry.mode,
			.stack_bytes = link->carry.stack_bytes,
		};
	}
}

static uint64_t changed_ns(const struct stat *status)
{
	return (uint64_t)status->st_mtim.tv_sec * 1000000000u +
	       (uint64_t)status->st_mtim.tv_nsec;
}

static void write_providers(struct writer *writer, struct plan *plan,
			    const struct plan_source *source)
{
	struct plan_provider *to =
		add_table(writer, &plan->providers, source->provider_count, sizeof(*to));

	for (size_t i = 0; i < source->provider_count; i++) {
		const struct provider_file *provider = &source->providers[i];

		to[i] = (struct plan_provider){
			.path = PLAN_NO_STRING,
			.options = PLAN_NO_STRING,
			.device = provider->status.st_dev,
			.inode = provider->status.st_ino,
			.size = (uint64_t)provider->status.st_size,
			.changed_ns = changed_ns(&provider->status),
		};
		if (!provider->path)
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
			const struct lines *lines)
{
	struct plan_line *to = add_table(writer, &plan->lines, lines->count, sizeof(*to));

	for (size_t i = 0; i < lines->count; i++)
		to[i] = (struct plan_line){
			.vector = lines->lines[i].vector,
			.kind = lines->lines[i].kind,
			.descriptor = (uint32_t)lines->lines[i].descriptor,
		};
}

static struct plan_range range(struct image_range from)
{
	return (struct plan_range){ .address = from.address, .size = from.size };
}

static void write_header(struct plan *plan, const struct plan_source *source)
{
	const struct options *options = source->options;

	*plan = (struct plan){
		.magic = PLAN_MAGIC,
		.version = PLAN_VERSION,
		.machine = source->file->header.e_machine,
		.position_independent = source->image->position_independent,
		.options = (options->bind_now ? PLAN_BIND_NOW : 0u) |
			   (options->report ? PLAN_SHOW_BOUND : 0u) |
			   (options->perf_map ? PLAN_PERF_MAP : 0u),
		.file_size = source->file->size,
		.entry = source->image->entry,
		.resolver_pointer = source->table->resolver_pointer,
		.imports_address = source->table->address,
		.vcpu_state = source->table->vcpu_state,
		.readonly_slots = range(source->table->readonly_slots),
		.rela = range(source->image->rela),
		.relr = range(source->image->relr),
		.stack_size = options->stack_size,
		.host_stack_size = options->host_stack_size,
		.work_area_size = options->work_area_size,
	};
}

static void write_plan(struct writer *writer, const struct plan_source *source)
{
	struct plan *plan = (struct plan *)writer->bytes;

	write_header(plan, source);
	plan->size = writer->size;
	writer->next = sizeof(*plan);
	write_segments(writer, plan, source->image);
	write_imports(writer, plan, source);
	write_providers(writer, plan, source);
	write_arguments(writer, plan, source->options);
	write_lines(writer, plan, source->lines);
	plan->strings = (struct plan_table){ writer->strings, writer->strings_used };
}

static int write_all(int fd, const uint8_t *bytes, size_t size)
{
	while (size) {
		ssize_t written = write(fd, bytes, size);

		if (written < 0)
			return -errno;
		bytes += written;
		size -= (size_t)written;
	}
	return 0;
}

static int seal(const struct writer *writer, struct message *message)
{
	int fd = memfd_create("jumpslot-plan", MFD_ALLOW_SEALING | MFD_CLOEXEC);
	int error;

	if (fd < 0)
		return fail(message, errno, "no memory file for the plan: %s",
			    strerror(errno));
	error = write_all(fd, writer->bytes, writer->size);
	if (!error && fcntl(fd, F_ADD_SEALS,
			    F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))
		error = -errno;
	if (!error)
		return fd;
	close(fd);
	return fail(message, -error, "the plan cannot be written: %s", strerror(-error));
}

int plan_file_create(const struct plan_source *source, struct message *message)
{
	struct writer writer = { .strings = tables_size(source) };
	size_t strings = strings_size(source);
	int fd;

	if (strings >= PLAN_NO_STRING)
		return fail(message, EFBIG, "more than 4 GiB of names");
	writer.size = writer.strings + strings;
	writer.bytes = calloc(1, writer.size);
	if (!writer.bytes)
		return fail(message, ENOMEM, "out of memory");
	write_plan(&writer, source);
	fd = seal(&writer, message);
	free(writer.bytes);
	return fd;
}
