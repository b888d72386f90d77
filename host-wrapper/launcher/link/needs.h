/*
 * The system calls that a guest may make: the union of what its providers state for the
 * functions that it imports, and of what the runner states for itself.
 */
#ifndef JUMPSLOT_NEEDS_H
#define JUMPSLOT_NEEDS_H

#include "linked_guest.h"

/* Facts that no import shows, and that decide what the runner needs for itself. */
struct needs_facts {
	bool lines;	  /* a thread waits for interrupt lines */
	bool guest_clock; /* the guest's clock is its processor time */
	bool report;	  /* the runner prints a report at the end */
	bool trace;	  /* the runner takes the time of calls */
	bool delay;	  /* the policy delays calls */
	bool gdb;	  /* gdb debugs the guest in the virtual machine */
};

/* A rule, and who asks for it. */
struct need {
	const struct jumpslot_rule *rule;
	const char *call; /* the name, without a machine's */
	int number;	  /* of the call */
	const char *who;  /* a function; or a name in parentheses: the provider itself */
	const char *provider;
	bool is_first; /* no need before it has the same rule */
};

struct needs {
	struct need *needs;
	size_t count;
	/* Those with is_first, by the call's number; those without checks first. */
	const struct need **rules;
	size_t rule_count;
};

/*
 * Collects the needs of a guest that is linked. Refuses a provider that states nothing,
 * names of calls that no architecture has, and rules that give executable memory. Returns
 * 0 or a negative errno; then `*object` is what the message is about.
 */
int needs_collect(struct needs *needs, const struct linked_guest *guest,
		  const struct needs_facts *facts, const char **object,
		  struct message *message);
/* Finds the rules of needs that are collected already. Returns 0 or -ENOMEM. */
int needs_order(struct needs *needs);
void needs_free(struct needs *needs);

/* Whether a rule allows new threads or processes. */
bool needs_processes(const struct needs *needs);

/* The first need for a call that opens, makes or cuts a file by its path, or NULL. */
const struct need *needs_file_by_path(const struct needs *needs);

/* Whether two rules are the same. */
bool need_is_same(const struct need *one, const struct need *other);

/* Writes a rule as --print-sandbox shows it. */
void need_to_text(const struct need *need, char *text, size_t size);

#endif
