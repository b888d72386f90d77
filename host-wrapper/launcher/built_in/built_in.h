/*
 * The tables of the built-in services, as the build found them in the runners and checked
 * them: a start need not read and check them again. A table is used only for the runner
 * that has its build ID, a hash of the runner's contents.
 *
 * The tables are one block of bytes, which tables/main.c writes and tables/block.S
 * includes. All offsets are from its begin.
 */
#ifndef JUMPSLOT_BUILT_IN_H
#define JUMPSLOT_BUILT_IN_H

#include "launcher/scan/provider_file.h"

#define BUILT_IN_ID   20 /* bytes of a build ID that is a SHA-1 */
#define BUILT_IN_NAME 40

struct built_in_block {
	uint64_t count; /* of tables, which follow */
};

struct built_in_table {
	char runner[BUILT_IN_NAME]; /* the name of its file */
	uint64_t id_offset;	    /* in the runner's file */
	uint8_t id[BUILT_IN_ID];
	uint32_t functions, function_count; /* struct built_in_function */
	uint32_t order; /* uint16_t: the functions in order of their names */
	uint32_t statements, statement_count; /* struct built_in_statement */
	uint32_t rules, rule_count;	      /* struct jumpslot_rule */
};

struct built_in_function {
	uint64_t address;
	uint32_t name;
	uint32_t type; /* 0: unknown */
	uint32_t flags;
	uint32_t carry;
	uint32_t stack_bytes;
	uint32_t unused;
};

struct built_in_statement {
	uint32_t name;
	uint32_t first;
	uint32_t count;
};

/*
 * Takes the runner's table instead of reading it from the file at `path`. Returns 0;
 * -ENOENT without a message if the build made no table of this runner, or if the file
 * cannot be read; -ENOMEM with one.
 */
int built_in_read(struct provider_file *provider, const char *path,
		  struct message *message);

#endif
