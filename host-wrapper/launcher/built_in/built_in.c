/* From a block of the build to a provider. See built_in.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "built_in.h"
#include "common/table.h"

/* tables/block.S */
extern const uint8_t jumpslot_built_in[];

static const void *at(uint32_t offset)
{
	return jumpslot_built_in + offset;
}

static const struct built_in_table *find_table(const char *path)
{
	const struct built_in_block *block = at(0);
	const struct built_in_table *tables = at(sizeof(*block));
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	for (size_t i = 0; i < block->count; i++)
		if (!strcmp(tables[i].runner, name))
			return &tables[i];
	return NULL;
}

/* Whether the file is the one that the table is of. */
static bool is_its_runner(struct provider_file *provider,
			  const struct built_in_table *table, const char *path)
{
	uint8_t id[BUILT_IN_ID];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool is_same;

	if (fd < 0)
		return false;
	is_same = !fstat(fd, &provider->status) &&
		  pread(fd, id, sizeof(id), (off_t)table->id_offset) == sizeof(id) &&
		  !memcmp(id, table->id, sizeof(id));
	close(fd);
	return is_same;
}

static void take_functions(struct provider_file *provider,
			   const struct built_in_table *table)
{
	const struct built_in_function *from = at(table->functions);

	for (size_t i = 0; i < provider->count; i++)
		provider->functions[i] = (struct provided){
			.name = at(from[i].name),
			.type = from[i].type ? at(from[i].type) : NULL,
			.function = from[i].address,
			.flags = (uint16_t)from[i].flags,
			.carry = (uint16_t)from[i].carry,
			.stack_bytes = from[i].stack_bytes,
		};
	provider->order = at(table->order);
}

static void take_statements(struct statements *stated, const struct built_in_table *table)
{
	const struct built_in_statement *from = at(table->statements);

	for (size_t i = 0; i < stated->count; i++)
		stated->statements[i] =
			(struct statement){ at(from[i].name), from[i].first,
					    from[i].count };
	stated->any = true;
	stated->rules = at(table->rules);
	stated->rule_count = table->rule_count;
}

int built_in_read(struct provider_file *provider, const char *path,
		  struct message *message)
{
	const struct built_in_table *table = find_table(path);

	if (!table || !is_its_runner(provider, table, path))
		return -ENOENT;
	provider->count = provider->room = table->function_count;
	provider->functions = table_new(provider->room, sizeof(*provider->functions));
	provider->stated.count = table->statement_count;
	provider->stated.statements =
		table_new(provider->stated.count, sizeof(*provider->stated.statements));
	if (!provider->functions || !provider->stated.statements) {
		provider_file_free(provider);
		return fail(message, ENOMEM, "out of memory");
	}
	take_functions(provider, table);
	take_statements(&provider->stated, table);
	return 0;
}
