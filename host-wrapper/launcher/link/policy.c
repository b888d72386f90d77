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
#define MAX_FILE  ((size_t)1 << 20)

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

/* Reads a number that begins with a digit or a point. Returns its end, or `text` if there
 * is none. */
static char *read_positive(char *text, double *number)
{
	char *end;

	if (!*text || !strchr("0123456789.", *text))
		return text;
	*number = strtod(text, &end);
	return end;
}

static const char *read_chance(char *text, uint32_t *chance)
{
	double percent = 0;
	char *end = read_positive(text, &percent);

	if (end == text || *end || !(percent > 0 && percent <= 100))
		return "invalid chance; expected % and a number above 0, up to 100";
	*chance = (uint32_t)(percent * (PLAN_CHANCE_ALWAYS / 100.0) + 0.5);
	return *chance ? NULL : "invalid chance; expected at least %0.0001";
}

/* Reads "@N" or "%P" at the end of an action, and cuts it off. Returns NULL or what is
 * wrong. */
static const char *read_when(struct policy_rule *rule, char *action)
{
	char *at = strpbrk(action, "@%"), *end;
	const char *wrong = NULL;
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
		wrong = read_chance(at + 1, &rule->chance);
		rule->has_chance = true;
	}
	*at = 0;
	return wrong;
}

static const char *read_time(char *text, uint64_t *ns)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = { { "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 } };
	double value = 0;
	char *end = read_positive(text, &value);

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (end != text && !strcmp(end, units[i].name) &&
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

/* Cuts off white space at both ends. */
static char *trim(char *line)
{
	char *end;

	line += strspn(line, " \t");
	for (end = line + strlen(line); end > line && strchr(" \t", end[-1]); end--)
		;
	*end = 0;
	return line;
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
	if (action)
		*action++ = 0;
	if (!action || !*trim(pattern))
		return refuse(rule, "invalid rule; expected PATTERN=ACTION", message);
	wrong = read_action(rule, trim(action));
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
	rule.text = strdup(text + strspn(text, " \t"));
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

bool policy_has_chance(const struct policy *policy)
{
	for (size_t i = 0; i < policy->count; i++)
		if (policy->rules[i].has_chance)
			return true;
	return false;
}

int policy_add(struct policy *policy, const char *text, struct message *message)
{
	return add(policy, text, NULL, 0, message);
}

/* `lines`: the text of the file; its newlines are replaced. */
static int add_lines(struct policy *policy, char *lines, const char *path,
		     struct message *message)
{
	int error = 0;
	char *line;

	for (unsigned number = 1; !error && (line = strsep(&lines, "\n")); number++) {
		if (strlen(line) >= MAX_LINE)
			return fail(message, EINVAL, "%s:%u: longer than %d bytes", path,
				    number, MAX_LINE - 1);
		line[strcspn(line, "#\r")] = 0;
		line = trim(line);
		if (*line)
			error = add(policy, line, path, number, message);
	}
	return error;
}

/* A pipe will do, and a device without an end ends at the limit. */
static int read_file(struct policy *policy, FILE *in, const char *path, char *text,
		     struct message *message)
{
	size_t size = fread(text, 1, MAX_FILE + 1, in);

	if (ferror(in))
		return fail(message, errno, "%s: %s", path, strerror(errno));
	if (memchr(text, 0, size))
		return fail(message, EINVAL, "%s: has a byte 0 (expected lines of text)",
			    path);
	if (size > MAX_FILE)
		return fail(message, EFBIG, "%s: larger than %zu bytes", path, MAX_FILE);
	text[size] = 0;
	return add_lines(policy, text, path, message);
}

int policy_add_file(struct policy *policy, const char *path, struct message *message)
{
	char *text = malloc(MAX_FILE + 1);
	FILE *in = text ? fopen(path, "re") : NULL;
	int error;

	if (!text)
		return fail(message, ENOMEM, "out of memory");
	error = in ? read_file(policy, in, path, text, message)
		   : fail(message, errno, "%s: %s", path, strerror(errno));
	if (in)
		fclose(in);
	free(text);
	return error;
}
