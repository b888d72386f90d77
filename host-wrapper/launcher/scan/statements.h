/*
 * Reads the system calls that a provider states for its functions (JUMPSLOT_SYSCALLS in
 * jumpslot/provider.h). Does not know whether the calls exist. Knows nothing of guests.
 */
#ifndef JUMPSLOT_STATEMENTS_H
#define JUMPSLOT_STATEMENTS_H

#include <jumpslot/external_abi.h>
#include "elf_file.h"

/* One statement. Several may have the same name. */
struct statement {
	const char *name; /* of a function; or one in parentheses, as "(always)" */
	size_t first;	  /* its rules */
	size_t count;
};

struct statements {
	bool any; /* the provider has the section, even if it is empty */
	struct statement *statements;
	size_t count;
	const struct jumpslot_rule *rules; /* checked; names are for --print-sandbox */
	size_t rule_count;
	struct jumpslot_rule *room; /* allocated for the rules, or NULL */
};

/*
 * Reads all statements of a provider. `strings`: its section of names. Returns 0, or
 * -ENOEXEC or -ENOMEM with a line; then nothing is allocated.
 */
int statements_read(struct statements *statements, struct elf_file *elf,
		    const struct elf_section *strings, struct message *message);
/* The name of a rule's system call, or NULL if the rule is for another machine than that
 * of this name. */
const char *statement_call(const struct jumpslot_rule *rule, const char *machine);

void statements_free(struct statements *statements);

#endif
