/* One record for each import that is watched. See watched_calls.h. */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jumpslot/external_abi.h>
#include "nearest.h"
#include "pattern_scope.h"
#include "result_value.h"
#include "watched_calls.h"

static bool pattern_matches(const char *text, const char *partition, const char *name)
{
	const char *pattern = pattern_scope_in(text, partition);

	return pattern && !fnmatch(pattern, name, 0);
}

static bool is_traced(const struct watch_request *request, const char *name)
{
	if (!request->trace)
		return false;
	for (size_t i = 0; i < request->pattern_count; i++)
		if (pattern_matches(request->patterns[i], request->partition, name))
			return true;
	return !request->pattern_count;
}

/* The first rule that changes calls counts, and each that logs them. */
static void apply_policy(struct watched_calls *watch, struct watch_import *import,
			 const char *partition, const char *name)
{
	for (size_t i = 0; i < watch->policy.count; i++) {
		const struct policy_rule *rule = &watch->policy.rules[i];

		if (!pattern_matches(rule->pattern, partition, name))
			continue;
		if (rule->action == POLICY_LOG)
			import->is_logged = true;
		else if (!import->rule)
			import->rule = rule;
	}
}

static int refuse(const struct policy_rule *rule, const char *name, const char *why,
		  struct message *message)
{
	char place[512];

	policy_place(rule, place, sizeof(place));
	return fail(message, EINVAL, "%s: %s: %s", place, name, why);
}

/* A function that takes its arguments off the stack: a skipped call must do so, too. */
static const char *set_pops(struct plan_watched *watched,
			    const struct arguments *arguments, uint32_t flags)
{
	const uint32_t convention = flags & JUMPSLOT_CONVENTION_MASK;

	if (convention != JUMPSLOT_STDCALL && convention != JUMPSLOT_FASTCALL)
		return NULL;
	if (!arguments->stack_is_exact)
		return "fail cannot tell the size of its arguments, which it takes off "
		       "the stack";
	watched->pops = arguments->stack_bytes;
	return NULL;
}

static int set_action(struct plan_watched *watched, const struct watch_import *import,
		      uint32_t flags, unsigned word, const char **wrong)
{
	const struct policy_rule *rule = import->rule;

	watched->nth = rule->nth;
	watched->chance = rule->chance;
	switch (rule->action) {
	case POLICY_DENY:
		watched->action = PLAN_ACTION_DENY;
		break;
	case POLICY_DELAY:
		watched->action = PLAN_ACTION_DELAY;
		watched->value[0] = rule->delay_ns;
		break;
	case POLICY_FAIL:
		watched->action = PLAN_ACTION_FAIL;
		*wrong = result_value_read(import->arguments.result,
					   import->arguments.result_kind ==
						   PLAN_RESULT_X87,
					   word, rule->value, watched->value);
		if (!*wrong)
			*wrong = set_pops(watched, &import->arguments, flags);
		break;
	case POLICY_LOG:
		break;
	}
	return *wrong ? -EINVAL : 0;
}

static uint32_t flags_for(const struct watch_import *import,
			  const struct watch_request *request)
{
	uint32_t flags = 0;

	if (import->is_traced || import->is_logged)
		flags |= PLAN_WATCH_RECORD;
	if (request->count)
		flags |= PLAN_WATCH_COUNT;
	if (!flags && !import->rule && request->later)
		flags |= PLAN_WATCH_LATER;
	return flags;
}

static void add_places(struct watched_calls *watch, struct plan_watched *watched,
		       const struct arguments *arguments)
{
	watched->first_place = (uint32_t)watch->place_count;
	watched->place_count = (uint32_t)arguments->count;
	for (size_t i = 0; i < arguments->count; i++)
		watch->places[watch->place_count++] = arguments->places[i].place;
}

static uint64_t mix(uint64_t seed, const char *name)
{
	for (; *name; name++)
		seed = (seed ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
	return seed;
}

/* Functions with the same action have different random numbers, in each partition. */
static uint64_t seed_of(const struct watch_request *request, const char *name)
{
	const char *partition = request->partition ? request->partition : "";

	return mix(mix(request->seed, partition), name);
}

static int add_import(struct watched_calls *watch, const struct linked_guest *guest,
		      size_t index, const struct watch_request *request,
		      struct message *message)
{
	const struct import *from = &guest->table.imports[index];
	const struct link *link = &guest->result.links[index];
	const unsigned machine = guest->file.machine->number;
	struct watch_import *import = &watch->imports[index];
	struct plan_watched *watched = &watch->watched[watch->watched_count];
	const char *type = from->type, *wrong = NULL;
	uint32_t flags = from->flags;

	if (link->status == LINK_BOUND && !type) {
		type = link->function->type;
		flags = link->function->flags;
	}
	arguments_find(&import->arguments, type, flags, machine);
	import->is_traced = is_traced(request, from->name);
	/* Without a provider for it, interrupts and waits are recorded all the same. */
	watch->traces |= import->is_traced;
	watch->records |= import->is_traced;
	apply_policy(watch, import, request->partition, from->name);
	*watched = (struct plan_watched){
		.import = (uint32_t)index,
		.flags = flags_for(import, request),
		.result = import->arguments.result_kind,
		.seed = seed_of(request, from->name),
	};
	if (link->status != LINK_BOUND || (!watched->flags && !import->rule))
		return 0;
	if (!call_mode_bound(from, link->function, machine, &watched->stack_bytes)) {
		watched->flags |= PLAN_WATCH_NO_COPY;
		watched->stack_bytes = 0;
	}
	if (import->rule) {
		watched->rule = (uint32_t)(import->rule - watch->policy.rules);
		if (set_action(watched, import, flags, guest->file.machine->word, &wrong))
			return refuse(import->rule, from->name, wrong, message);
	}
	add_places(watch, watched, &import->arguments);
	watch->records |= (watched->flags & PLAN_WATCH_RECORD) || request->later;
	watch->delays |= watched->action == PLAN_ACTION_DELAY;
	watch->watched_count++;
	return 0;
}

int watch_make(struct watched_calls *watch, const struct linked_guest *guest,
	       const struct watch_request *request, struct message *message)
{
	const size_t count = guest->table.count;
	int error = 0;

	watch->import_count = count;
	watch->imports = calloc(count + 1, sizeof(*watch->imports));
	watch->watched = calloc(count + 1, sizeof(*watch->watched));
	watch->places = calloc(count * TRACE_MAX_ARGUMENTS + 1, sizeof(*watch->places));
	if (!watch->imports || !watch->watched || !watch->places)
		return fail(message, ENOMEM, "out of memory");
	for (size_t i = 0; !error && i < count; i++)
		error = add_import(watch, guest, i, request, message);
	return error;
}

/* Whether a pattern that is for one partition names one of them. */
static bool has_partition(const struct watch_scope *scopes, size_t count,
			  const char *text)
{
	if (!scopes[0].partition || !pattern_scope(text))
		return true;
	for (size_t i = 0; i < count; i++)
		if (pattern_scope_in(text, scopes[i].partition))
			return true;
	return false;
}

static bool has_import(const struct watch_scope *scope, const char *text)
{
	for (size_t i = 0; i < scope->guest->table.count; i++)
		if (pattern_matches(text, scope->partition,
				    scope->guest->table.imports[i].name))
			return true;
	return false;
}

/* The name that a pattern without a match probably means; NULL: nothing is similar. */
static const char *find_similar(const struct watch_scope *scopes, size_t count,
				const char *text)
{
	const char *name = NULL;

	for (size_t i = 0; !name && i < count; i++) {
		const char *pattern = pattern_scope_in(text, scopes[i].partition);

		if (pattern)
			name = linked_guest_similar(scopes[i].guest, pattern, false);
	}
	return name;
}

/* The same for the name of a partition. */
static const char *find_partition(const struct watch_scope *scopes, size_t count,
				  const char *text)
{
	char wanted[128]; /* what is longer is similar to nothing */
	struct nearest nearest;
	const char *name = NULL;

	snprintf(wanted, sizeof(wanted), "%.*s", (int)pattern_scope(text), text);
	nearest = nearest_begin(wanted);
	for (size_t i = 0; i < count; i++)
		if (nearest_consider(&nearest, scopes[i].partition))
			name = scopes[i].partition;
	return name;
}

static int fail_unused(const char *place, const char *problem, const char *similar,
		       struct message *message)
{
	return fail(message, EINVAL, "%s: %s%s%s", place, problem,
		    similar ? "; similar: " : "", similar ? similar : "");
}

/* `place`: of the pattern. */
static int check_used(const struct watch_scope *scopes, size_t count, const char *text,
		      const char *place, struct message *message)
{
	if (!has_partition(scopes, count, text))
		return fail_unused(place, "no partition has the name before the colon",
				   find_partition(scopes, count, text), message);
	for (size_t i = 0; i < count; i++)
		if (has_import(&scopes[i], text))
			return 0;
	return fail_unused(place, "no import has such a name",
			   find_similar(scopes, count, text), message);
}

int watch_check_used(const struct watch_scope *scopes, size_t count,
		     const struct policy *policy, const struct watch_request *request,
		     struct message *message)
{
	char place[512];
	int error = 0;

	for (size_t i = 0; !error && i < policy->count; i++) {
		policy_place(&policy->rules[i], place, sizeof(place));
		error = check_used(scopes, count, policy->rules[i].pattern, place,
				   message);
	}
	for (size_t i = 0; !error && i < request->pattern_count; i++) {
		snprintf(place, sizeof(place), "--trace=%s", request->patterns[i]);
		error = check_used(scopes, count, request->patterns[i], place, message);
	}
	return error;
}
