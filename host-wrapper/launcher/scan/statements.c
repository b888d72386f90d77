/* Decoding and checking statements of system calls. See statements.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "abi_strings.h"
#include "statements.h"

#define MAX_SECTION    0x1000000u
#define MAX_STATEMENTS ((size_t)2 * JUMPSLOT_MAX_IMPORTS)
/* Statements may share rules: a small file could ask for a huge table. */
#define MAX_RULES 512u

struct reader {
	struct statements *into;
	struct elf_section stated;
	struct elf_section rules;
	const struct elf_section *strings;
};

/* Letters of a system call's name. */
static size_t count_letters(const char *call)
{
	size_t count = 0;

	while ((call[count] >= 'a' && call[count] <= 'z') ||
	       (call[count] >= '0' && call[count] <= '9') || call[count] == '_')
		count++;
	return count;
}

/* A name of a system call, maybe after a machine's and a colon. Empty: the end. */
static bool is_call(const char *call)
{
	size_t length;

	if (!memchr(call, 0, JUMPSLOT_RULE_NAME))
		return false;
	length = count_letters(call);
	if (length && call[length] == ':') {
		call += length + 1;
		length = count_letters(call);
		return length && !call[length];
	}
	return !call[length];
}

static bool is_check(const struct jumpslot_check *check)
{
	if (check->kind > JUMPSLOT_CHECK_LAST || check->argument > 5)
		return false;
	if (check->kind == JUMPSLOT_CHECK_NONE)
		return !check->argument && !check->mask && !check->value;
	if (check->kind == JUMPSLOT_CHECK_BITS)
		return !(check->value & ~check->mask);
	return !check->mask && !check->value;
}

/* Each argument has one check at most. */
static bool are_checks(const struct jumpslot_rule *rule)
{
	unsigned seen = 0;

	for (size_t i = 0; i < JUMPSLOT_RULE_CHECKS; i++) {
		const struct jumpslot_check *check = &rule->checks[i];

		if (!is_check(check) || (check->kind && seen & 1u << check->argument))
			return false;
		if (check->kind)
			seen |= 1u << check->argument;
	}
	return true;
}

/* Whether a machine before a colon is one that guests may be for. */
static bool is_for_known_machine(const char *call)
{
	const char *colon = strchr(call, ':');

	return !colon || machine_find_name(call, (size_t)(colon - call));
}

static int refuse_rule(const char *name, size_t index, const char *why,
		       struct message *message)
{
	return fail(message, ENOEXEC, "system call %zu that %s states %s", index, name,
		    why);
}

/* Copies the rules at `address` up to the one without a name. */
static int read_rules(struct reader *reader, struct statement *statement,
		      uint64_t address, struct message *message)
{
	struct statements *into = reader->into;
	const struct elf_section *from = &reader->rules;
	const size_t size = sizeof(*into->rules);

	statement->first = into->rule_count;
	for (;; address += size, statement->count++) {
		struct jumpslot_rule *rule = &into->room[into->rule_count];

		if (address < from->address ||
		    !range_within(address - from->address, size, from->size))
			return refuse_rule(statement->name, statement->count,
					   "is not within its section", message);
		memcpy(rule, from->bytes + (address - from->address), size);
		if (!is_call(rule->call) || !are_checks(rule))
			return refuse_rule(statement->name, statement->count,
					   "is not valid", message);
		if (!is_for_known_machine(rule->call))
			return refuse_rule(statement->name, statement->count,
					   "is for an unknown machine (expected x86_64 "
					   "or i386)",
					   message);
		if (!*rule->call)
			return 0;
		if (++into->rule_count > MAX_RULES)
			return fail(message, ENOEXEC, "more than %u system calls stated",
				    MAX_RULES);
	}
}

/* Names in parentheses are not checked against a list: they select nothing by
 * themselves. */
static bool is_name(const char *name)
{
	char inner[JUMPSLOT_RULE_NAME];
	size_t length = strlen(name);

	if (*name != '(')
		return symbol_name_valid(name);
	if (length < 3 || length > sizeof(inner) || name[length - 1] != ')')
		return false;
	memcpy(inner, name + 1, length - 2);
	inner[length - 2] = 0;
	return symbol_name_valid(inner);
}

static int read_statement(struct reader *reader, size_t index, struct message *message)
{
	struct statement *statement = &reader->into->statements[index];
	struct jumpslot_stated raw;
	uint64_t at = reader->stated.address + index * sizeof(raw);

	memcpy(&raw, reader->stated.bytes + index * sizeof(raw), sizeof(raw));
	statement->name =
		elf_string_at(reader->strings, at + (uint64_t)(int64_t)raw.name);
	if (!statement->name || !is_name(statement->name))
		return fail(message, ENOEXEC,
			    "statement %zu of system calls has no valid name", index);
	at += offsetof(struct jumpslot_stated, rules);
	return read_rules(reader, statement, at + (uint64_t)(int64_t)raw.rules, message);
}

static int allocate(struct statements *into, size_t count, struct message *message)
{
	struct statement *statements = calloc(count + 1, sizeof(*statements));
	/* One more: the end of the last statement is read, too. Not cleared: a start
	 * would touch pages that it does not need. */
	struct jumpslot_rule *rules = malloc((MAX_RULES + 1) * sizeof(*rules));

	if (!statements || !rules) {
		free(statements);
		free(rules);
		return fail(message, ENOMEM, "out of memory");
	}
	into->statements = statements;
	into->rules = into->room = rules;
	return 0;
}

static int read_all(struct reader *reader, struct message *message)
{
	struct statements *into = reader->into;
	size_t count = reader->stated.size / sizeof(struct jumpslot_stated);
	int error = 0;

	if (reader->stated.size % sizeof(struct jumpslot_stated) ||
	    count > MAX_STATEMENTS)
		return fail(message, ENOEXEC,
			    "section %s has %" PRIu64
			    " bytes: not %zu to a statement, or "
			    "more than %zu statements",
			    JUMPSLOT_SECTION_STATED, reader->stated.size,
			    sizeof(struct jumpslot_stated), MAX_STATEMENTS);
	error = allocate(into, count, message);
	for (; !error && into->count < count; into->count++)
		error = read_statement(reader, into->count, message);
	return error;
}

int statements_read(struct statements *statements, struct elf_file *elf,
		    const struct elf_section *strings, struct message *message)
{
	struct elf_section stated = { 0 }, rules = { 0 };
	int error = elf_file_section(elf, JUMPSLOT_SECTION_STATED, MAX_SECTION, &stated,
				     message);

	*statements = (struct statements){ 0 };
	if (error == -ENOENT)
		return 0;
	if (!error)
		error = elf_file_section(elf, JUMPSLOT_SECTION_RULES, MAX_SECTION, &rules,
					 message);
	if (error == -ENOENT)
		return fail(message, ENOEXEC, "section %s without a section %s",
			    JUMPSLOT_SECTION_STATED, JUMPSLOT_SECTION_RULES);
	if (!error)
		error = read_all(&(struct reader){ statements, stated, rules, strings },
				 message);
	statements->any = true;
	if (error)
		statements_free(statements);
	return error;
}

const char *statement_call(const struct jumpslot_rule *rule, const char *machine)
{
	const char *colon = strchr(rule->call, ':');
	size_t length = strlen(machine);

	if (!colon)
		return rule->call;
	return length == (size_t)(colon - rule->call) &&
			       !strncmp(rule->call, machine, length)
		       ? colon + 1
		       : NULL;
}

void statements_free(struct statements *statements)
{
	free(statements->statements);
	free(statements->room);
	*statements = (struct statements){ 0 };
}
