/*
 * Reads the tables of runners, checks them as those of any provider, and writes them as
 * the block of launcher/built_in/built_in.h. The build runs it, and links the block into
 * the launcher. Its arguments are the file to write and the runners. Depends on the
 * launcher's scan.
 */
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "launcher/built_in/built_in.h"

#define RUNNER "jumpslot-runner-"

/* The block while it grows. */
struct block {
	uint8_t bytes[0x400000];
	size_t size;
};

static void *allocate(size_t size)
{
	void *memory = calloc(1, size + !size);

	if (memory)
		return memory;
	fputs("tables: out of memory\n", stderr);
	exit(EXIT_FAILURE);
}

/* Adds bytes at a multiple of `alignment`, and returns their offset. */
static uint32_t add_at(struct block *block, const void *bytes, size_t size,
		       size_t alignment)
{
	const size_t at = (block->size + alignment - 1) / alignment * alignment;

	if (at > sizeof(block->bytes) || size > sizeof(block->bytes) - at) {
		fputs("tables: the block is too small for these runners\n", stderr);
		exit(EXIT_FAILURE);
	}
	if (size)
		memcpy(block->bytes + at, bytes, size);
	block->size = at + size;
	return (uint32_t)at;
}

static uint32_t add(struct block *block, const void *bytes, size_t size)
{
	return add_at(block, bytes, size, 8);
}

static uint32_t add_string(struct block *block, const char *string)
{
	return add_at(block, string, strlen(string) + 1, 1);
}

static void add_functions(struct block *block, struct built_in_table *table,
			  const struct provider_file *provider)
{
	struct built_in_function *functions =
		allocate(provider->count * sizeof(*functions));

	for (size_t i = 0; i < provider->count; i++) {
		const struct provided *from = &provider->functions[i];

		functions[i] = (struct built_in_function){
			.address = from->function,
			.name = add_string(block, from->name),
			.type = from->type ? add_string(block, from->type) : 0,
			.flags = from->flags,
			.carry = from->carry,
			.stack_bytes = from->stack_bytes,
		};
	}
	table->function_count = (uint32_t)provider->count;
	table->functions = add(block, functions, provider->count * sizeof(*functions));
	free(functions);
}

static const struct provided *sorted; /* what by_name() compares */

static int by_name(const void *one, const void *other)
{
	return strcmp(sorted[*(const uint16_t *)one].name,
		      sorted[*(const uint16_t *)other].name);
}

static void add_order(struct block *block, struct built_in_table *table,
		      const struct provider_file *provider)
{
	uint16_t *order = allocate(provider->count * sizeof(*order));

	for (size_t i = 0; i < provider->count; i++)
		order[i] = (uint16_t)i;
	sorted = provider->functions;
	qsort(order, provider->count, sizeof(*order), by_name);
	table->order = add(block, order, provider->count * sizeof(*order));
	free(order);
}

static void add_statements(struct block *block, struct built_in_table *table,
			   const struct statements *stated)
{
	struct built_in_statement *statements =
		allocate(stated->count * sizeof(*statements));

	for (size_t i = 0; i < stated->count; i++)
		statements[i] = (struct built_in_statement){
			.name = add_string(block, stated->statements[i].name),
			.first = (uint32_t)stated->statements[i].first,
			.count = (uint32_t)stated->statements[i].count,
		};
	table->statement_count = (uint32_t)stated->count;
	table->statements = add(block, statements, stated->count * sizeof(*statements));
	free(statements);
	table->rule_count = (uint32_t)stated->rule_count;
	table->rules =
		add(block, stated->rules, stated->rule_count * sizeof(*stated->rules));
}

/* Finds the build ID. Returns false without one: then there is no table. */
static bool find_id(struct built_in_table *table, struct elf_file *elf)
{
	struct elf_section section;
	struct message ignored;
	const uint8_t *id;

	if (elf_file_section(elf, ".note.gnu.build-id", 0x1000, &section, &ignored))
		return false;
	id = elf_note(&section, ELF_NOTE_GNU, NT_GNU_BUILD_ID, BUILT_IN_ID);
	if (!id)
		return false;
	table->id_offset = section.offset + (uint64_t)(id - section.bytes);
	memcpy(table->id, id, BUILT_IN_ID);
	return true;
}

/* The machine in a runner's name. */
static unsigned machine_of(const char *name)
{
	const char *machine = name + strlen(RUNNER);
	const struct machine *found;

	if (strncmp(name, RUNNER, strlen(RUNNER)))
		return EM_NONE;
	found = machine_find_name(machine, strcspn(machine, "-"));
	return found ? found->number : EM_NONE;
}

/* Returns false if the runner has no build ID. */
static bool add_runner(struct block *block, struct built_in_table *table,
		       const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	struct provider_file provider = { .name = path };
	struct message message;
	bool has_id;

	if (strlen(name) >= sizeof(table->runner) || machine_of(name) == EM_NONE) {
		fprintf(stderr, "tables: %s: not a runner's name\n", path);
		exit(EXIT_FAILURE);
	}
	if (provider_file_read(&provider, path, machine_of(name), ET_DYN, &message)) {
		fprintf(stderr, "tables: %s: %s\n", path, message.text);
		exit(EXIT_FAILURE);
	}
	memcpy(table->runner, name, strlen(name) + 1);
	has_id = find_id(table, &provider.elf);
	if (has_id) {
		add_functions(block, table, &provider);
		add_order(block, table, &provider);
		add_statements(block, table, &provider.stated);
	}
	provider_file_free(&provider);
	return has_id;
}

static int write_block(const struct block *block, const char *path)
{
	FILE *file = fopen(path, "wb");
	bool failed = !file || fwrite(block->bytes, block->size, 1, file) != 1;

	if (file && fclose(file))
		failed = true;
	if (failed)
		perror(path);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct built_in_block header = { 0 };
	struct built_in_table *tables;
	static struct block block;
	size_t size;
	int status;

	if (argc < 2) {
		fputs("tables: usage: tables FILE RUNNER...\n", stderr);
		return EXIT_FAILURE;
	}
	size = (size_t)(argc - 2) * sizeof(*tables);
	tables = allocate(size);
	add(&block, &header, sizeof(header));
	add(&block, tables, size);
	for (int i = 2; i < argc; i++)
		header.count += add_runner(&block, &tables[header.count], argv[i]);
	memcpy(block.bytes, &header, sizeof(header));
	memcpy(block.bytes + sizeof(header), tables, size);
	status = write_block(&block, argv[1]);
	free(tables);
	return status;
}
