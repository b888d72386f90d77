/*
 * Rules that change calls: PATTERN=ACTION, on the command line or in the lines of a file.
 * Text only: what a rule does to an import with a certain type is in watched_calls.h.
 */
#ifndef JUMPSLOT_POLICY_H
#define JUMPSLOT_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/message.h"

enum policy_action { POLICY_DENY, POLICY_FAIL, POLICY_DELAY, POLICY_LOG };

struct policy_rule {
	const char *pattern; /* as pattern_scope.h has them */
	enum policy_action action;
	const char *value; /* of POLICY_FAIL, not yet checked; NULL: none */
	uint64_t delay_ns;
	uint32_t nth;	  /* 0: each call, with `chance` */
	uint32_t chance;  /* in millionths */
	bool has_chance;  /* also one of 100 percent */
	const char *file; /* where it is from; NULL: --on */
	unsigned line;
	const char *text; /* the rule as it was written */
};

/* Rules in the order in which they were given. */
struct policy {
	struct policy_rule *rules;
	size_t count;
};

/* Add a rule, or the rules of a file. `text` is copied. Return 0 or a negative errno with
 * a line that names the place. */
int policy_add(struct policy *policy, const char *text, struct message *message);
int policy_add_file(struct policy *policy, const char *path, struct message *message);

/* Whether some rule depends on chance. */
bool policy_has_chance(const struct policy *policy);

/* Writes where a rule is from, "--on RULE" or "FILE:LINE: RULE". Cuts what does not fit.
 */
void policy_place(const struct policy_rule *rule, char *text, size_t size);

#endif
