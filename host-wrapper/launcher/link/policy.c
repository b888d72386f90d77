/* From lines to rules. See policy.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/plan.h"
#include "common/printable.h"
#include "policy.h"

#define MAX_RULES 4096
#define MAX_LINE  4096

void policy_place(const struct policy_rule *rule, char *text, size_t size)
{
	if (rule->file)
		snprintf(text, size, "%s:%u: %s", rule->file, rule->line, rule->text);
	else
		snprintf(text, size, "--on %s", rule->text);
}

static int refuse(const struct policy_rule *rule, const char *why,
		  struct message *message)
{
	char place[512];

	policy_place(rule, place, sizeof(place));
	return fail(message, EINVAL, "%s: %s", place, why);
}

/* Reads "@N" or "%P" at the end of an action, and cuts it off. Returns NULL or what is
 * wrong. */
static const char *read_when(struct policy_rule *rule, char *action)
{
	char *at = strpbrk(action, "@%"), *end;
	double percent;
	unsigned long nth;

	rule->chance = PLAN_CHANCE_ALWAYS;
	if (!at)
		return NULL;
	errno = 0;
	if (*at == '@') {
		nth = strtoul(at + 1, &end, 10);
		if (!strchr("0123456789", at[1]) || !at[1] || *end || errno || !nth ||
		    nth > UINT32_MAX)
			return "invalid call number; expected @1..4294967295";
		rule->nth = (uint32_t)nth;
	} else {
		percent = strtod(at + 1, &end);
		if (end == at + 1 || *end || !(percent > 0 && percent <= 100))
			return "invalid chance; expected % and a number above 0, up to "
			       "100";
		rule->chance = (uint32_t)(percent * (PLAN_CHANCE_ALWAYS / 100.0) + 0.5);
	}
	*at = 0;
	return NULL;
}

static const char *read_time(const char *text, uint64_t *ns)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = { { "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 } };
	char *end;
	double value = strtod(text, &end);

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (end != text && !strcmp(end, units[i].name) && value >= 0 &&
		    value * units[i].ns <= 1e15) {
			*ns = (uint64_t)(value * units[i].ns);
			return NULL;
		}
	return "invalid time; expected a number and ns, us, ms or s";
}

static const char *read_action(struct policy_rule *rule, char *action)
{
	const char *wrong = read_when(rule, action);

	if (wrong)
		return wrong;
	if (!strcmp(action, "deny"))
		rule->action = POLICY_DENY;
	else if (!strcmp(action, "log"))
		rule->action = POLICY_LOG;
	else if (!strncmp(action, "delay:", 6))
		wrong = read_time(action + 6, &rule->delay_ns);
	else if (strcmp(action, "fail") && strncmp(action, "fail:", 5))
		return "invalid action; expected deny, fail:VALUE, delay:TIME or log";
	if (!strncmp(action, "delay:", 6))
		rule->action = POLICY_DELAY;
	if (!strncmp(action, "fail", 4)) {
		rule->action = POLICY_FAIL;
		rule->value = action[4] ? action + 5 : NULL;
	}
	if (rule->action == POLICY_LOG &&
	    (rule->nth || rule->chance != PLAN_CHANCE_ALWAYS))
		return "log takes neither @N nor %P";
	return wrong;
}

static int parse(struct policy_rule *rule, struct message *message)
{
	char *pattern, *action;
	const char *wrong;

	if (!text_printable(rule->text))
		return refuse(rule, "invalid rule; expected printable text", message);
	pattern = strdup(rule->text);
	if (!pattern)
		return fail(message, ENOMEM, "out of memory");
	rule->pattern = pattern;
	action = strchr(pattern, '=');
	if (!action || action == pattern)
		return refuse(rule, "invalid rule; expected PATTERN=ACTION", message);
	*action++ = 0;
	wrong = read_action(rule, action);
	return wrong ? refuse(rule, wrong, message) : 0;
}

static int add(struct policy *policy, const char *text, const char *file, unsigned line,
	       struct message *message)
{
	struct policy_rule rule = { .file = file, .line = line };
	int error;

	if (!policy->rules)
		policy->rules = calloc(MAX_RULES, sizeof(*policy->rules));
	if (!policy->rules)
		return fail(message, ENOMEM, "out of memory");
	if (policy->count == MAX_RULES)
		return fail(message, E2BIG, "more than %d rules", MAX_RULES);
	rule.text = strdup(text);
	error = rule.text ? parse(&rule, message)
			  : fail(message, ENOMEM, "out of memory");
	if (error) {
		free((void *)rule.pattern);
		free((void *)rule.text);
		return error;
	}
	policy->rules[policy->count++] = rule;
	return 0;
}

int policy_add(struct policy *policy, const char *text, struct message *message)
{
	return add(policy, text, NULL, 0, message);
}

/* Cuts off a comment, and white space at both ends. */
static char *trim(char *line)
{
	char *end;

	line[strcspn(line, "#\r\n")] = 0;
	line += strspn(line, " \t");
	for (end = line + strlen(line); end > line && strchr(" \t", end[-1]); end--)
		;
	*end = 0;
	return line;
}

static int read_lines(struct policy *policy, FILE *in, const char *path,
		      struct message *message)
{
	char line[MAX_LINE];
	int error = 0;

	for (unsigned number = 1; !error && fgets(line, sizeof(line), in); number++) {
		char *text;

		if (strlen(line) == sizeof(line) - 1)
			return fail(message, EINVAL, "%s:%u: longer than %d bytes", path,
				    number, MAX_LINE - 2);
		text = trim(line);
		if (*text)
			error = add(policy, text, path, number, message);
	}
	if (!error && ferror(in))
		return fail(message, errno, "%s: %s", path, strerror(errno));
	return error;
}

int policy_add_file(struct policy *policy, const char *path, struct message *message)
{
	FILE *in = fopen(path, "re");
	int error;

	if (!in)
		return fail(message, errno, "%s: %s", path, strerror(errno));
	error = read_lines(policy, in, path, message);
	fclose(in);
	return error;
}
