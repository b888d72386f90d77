/* Selecting statements, and resolving their names. See needs.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "common/plan.h"
#include "needs.h"
#include "system_calls.h"

/* AT_HWCAP2 (Linux, asm/hwcap2.h): FS and GS can be read without a system call. */
#define FSGSBASE 2

struct collector {
	struct needs *into;
	const struct linked_guest *guest;
	const struct needs_facts *facts;
	bool *imported; /* of the provider at hand: by function */
};

static bool has_blocking(const struct linked_guest *guest)
{
	for (size_t i = 0; i < guest->result.count; i++)
		if (guest->result.links[i].call.mode & PLAN_BLOCKING)
			return true;
	for (size_t i = 0; i < guest->standbys.count; i++)
		if (guest->standbys.entries[i].call.mode & PLAN_BLOCKING)
			return true;
	return false;
}

/* Whether a statement in parentheses holds for this run. */
static bool holds(const struct collector *collector, const char *name)
{
	if (!strcmp(name, JUMPSLOT_STATED_ALWAYS))
		return true;
	if (!strcmp(name, "(interrupts)"))
		return collector->guest->table.vcpu_state;
	if (!strcmp(name, "(lines)"))
		return collector->facts->lines;
	if (!strcmp(name, "(blocking)"))
		return has_blocking(collector->guest);
	if (!strcmp(name, "(guest_clock)"))
		return collector->facts->guest_clock;
	if (!strcmp(name, "(report)"))
		return collector->facts->report;
	if (!strcmp(name, "(trace)"))
		return collector->facts->trace;
	if (!strcmp(name, "(delay)"))
		return collector->facts->delay;
	if (!strcmp(name, "(gdb)"))
		return collector->facts->gdb;
	if (!strcmp(name, "(segments)"))
		return !(getauxval(AT_HWCAP2) & FSGSBASE);
	return false;
}

static bool is_asked_for(const struct collector *collector,
			 const struct provider_file *provider, const char *name)
{
	size_t function;

	if (*name == '(')
		return holds(collector, name);
	function = provider_file_find(provider, name, name_hash(name, strlen(name)));
	return function != NAME_INDEX_NONE && collector->imported[function];
}

static bool has_reserved_value(const struct jumpslot_rule *rule)
{
	for (size_t i = 0; i < JUMPSLOT_RULE_CHECKS; i++)
		if (plan_is_reserved(rule->checks[i].value) ||
		    plan_is_reserved(rule->checks[i].value >> 32))
			return true;
	return false;
}

/* PROT_EXEC, in an argument of each call that changes memory. */
#define EXECUTABLE    4u
#define PROT_ARGUMENT 2u

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (!strcmp(name, *names))
			return true;
	return false;
}

static bool forbids_executable(const struct jumpslot_rule *rule)
{
	for (size_t i = 0; i < JUMPSLOT_RULE_CHECKS; i++) {
		const struct jumpslot_check *check = &rule->checks[i];

		if (check->kind == JUMPSLOT_CHECK_BITS &&
		    check->argument == PROT_ARGUMENT && check->mask & EXECUTABLE)
			return !(check->value & EXECUTABLE);
	}
	return false;
}

/* Whether a call that the rule allows may make memory executable. Checks cannot forbid it
 * for some calls: i386's mmap() and ipc() have their arguments in memory, others imply it
 * for memory that is there, or for all later calls. */
static bool gives_executable_memory(const struct jumpslot_rule *rule, const char *name,
				    const struct machine *machine)
{
	static const char *const checked[] = { "mmap", "mmap2", "mprotect",
					       "pkey_mprotect", NULL };
	static const char *const always[] = { "shmat", "remap_file_pages", "personality",
					      "ipc",   "uselib",	   NULL };

	if (is_one_of(name, always))
		return true;
	if (!is_one_of(name, checked))
		return false;
	return (!strcmp(name, "mmap") && machine->number == EM_386) ||
	       !forbids_executable(rule);
}

static int add_rule(struct collector *collector, const struct provider_file *provider,
		    const char *who, const struct jumpslot_rule *rule,
		    struct message *message)
{
	const struct machine *machine = collector->guest->file.machine;
	const char *name = statement_call(rule, machine->name);
	struct need *need = &collector->into->needs[collector->into->count];
	bool known;

	if (!name)
		return 0;
	*need = (struct need){
		.rule = rule, .call = name, .who = who, .provider = provider->name
	};
	need->number = system_call_number(name, system_call_architecture(machine->number),
					  &known);
	if (!known)
		return fail(message, EINVAL, "%s needs %s: no such system call", who,
			    name);
	if (has_reserved_value(rule))
		return fail(message, EINVAL, "%s needs %s with a reserved value", who,
			    name);
	if (gives_executable_memory(rule, name, machine))
		return fail(message, EINVAL,
			    "%s needs %s without a check that forbids PROT_EXEC", who,
			    name);
	/* This architecture does not have every call. */
	collector->into->count += need->number >= 0;
	return 0;
}

static int add_provider(struct collector *collector, size_t index,
			struct message *message)
{
	const struct provider_file *provider = &collector->guest->providers[index];
	const struct statements *stated = &provider->stated;
	int error = 0;

	if (!stated->any)
		return fail(message, EINVAL,
			    "states no system calls (expected JUMPSLOT_SYSCALLS lines, "
			    "see docs/providers.md; --sandbox=off runs it as it is)");
	for (size_t i = 0; !error && i < stated->count; i++) {
		const struct statement *statement = &stated->statements[i];

		if (!is_asked_for(collector, provider, statement->name))
			continue;
		for (size_t j = 0; !error && j < statement->count; j++)
			error = add_rule(collector, provider, statement->name,
					 &stated->rules[statement->first + j], message);
	}
	return error;
}

/* Marks the functions of a provider that the guest is bound to, or may be later. */
static bool *mark_imported(const struct linked_guest *guest, size_t index)
{
	const struct provider_file *provider = &guest->providers[index];
	bool *imported = calloc(provider->count + 1, sizeof(*imported));

	for (size_t i = 0; imported && i < guest->result.count; i++) {
		const struct link *link = &guest->result.links[i];

		if (link->status == LINK_BOUND && link->provider == index)
			imported[link->function - provider->functions] = true;
	}
	for (size_t i = 0; imported && i < guest->standbys.count; i++) {
		const struct standby *standby = &guest->standbys.entries[i];

		if (standby->provider == index)
			imported[standby->function - provider->functions] = true;
	}
	return imported;
}

static size_t largest_count(const struct linked_guest *guest)
{
	size_t count = 0;

	for (size_t i = 0; i < guest->provider_count; i++)
		count += guest->providers[i].stated.rule_count;
	return count;
}

static bool has_checks(const struct need *need)
{
	for (size_t i = 0; i < JUMPSLOT_RULE_CHECKS; i++)
		if (need->rule->checks[i].kind)
			return true;
	return false;
}

static int by_number(const void *a, const void *b)
{
	const struct need *one = *(const struct need *const *)a;
	const struct need *other = *(const struct need *const *)b;

	if (one->number != other->number)
		return one->number < other->number ? -1 : 1;
	if (has_checks(one) != has_checks(other))
		return has_checks(one) ? 1 : -1;
	return one < other ? -1 : one > other;
}

/* Whether one of the rules that are in order already is the same. */
static bool is_known(const struct needs *needs, const struct need *need)
{
	for (size_t i = needs->rule_count; i--;) {
		if (needs->rules[i]->number != need->number)
			return false;
		if (need_is_same(needs->rules[i], need))
			return true;
	}
	return false;
}

int needs_order(struct needs *needs)
{
	needs->rules = malloc((needs->count + 1) * sizeof(void *));
	if (!needs->rules)
		return -ENOMEM;
	for (size_t i = 0; i < needs->count; i++)
		needs->rules[i] = &needs->needs[i];
	qsort(needs->rules, needs->count, sizeof(void *), by_number);
	for (size_t i = 0; i < needs->count; i++) {
		struct need *need = &needs->needs[needs->rules[i] - needs->needs];

		need->is_first = !is_known(needs, need);
		if (need->is_first)
			needs->rules[needs->rule_count++] = need;
	}
	return 0;
}

int needs_collect(struct needs *needs, const struct linked_guest *guest,
		  const struct needs_facts *facts, const char **object,
		  struct message *message)
{
	struct collector collector = { .into = needs, .guest = guest, .facts = facts };
	int error = 0;

	*object = guest->name;
	*needs = (struct needs){ 0 };
	/* Not cleared: a start would touch pages that it does not need. */
	needs->needs = malloc((largest_count(guest) + 1) * sizeof(*needs->needs));
	if (!needs->needs)
		return fail(message, ENOMEM, "out of memory");
	for (size_t i = 0; !error && i < guest->provider_count; i++) {
		*object = guest->providers[i].name;
		collector.imported = mark_imported(guest, i);
		error = collector.imported ? add_provider(&collector, i, message)
					   : fail(message, ENOMEM, "out of memory");
		free(collector.imported);
	}
	if (!error && needs_order(needs))
		error = fail(message, ENOMEM, "out of memory");
	if (error)
		needs_free(needs);
	return error;
}

static const struct need *first_of(const struct needs *needs, const char *const *calls)
{
	for (size_t i = 0; i < needs->count; i++)
		if (is_one_of(needs->needs[i].call, calls))
			return &needs->needs[i];
	return NULL;
}

bool needs_processes(const struct needs *needs)
{
	static const char *const calls[] = { "clone", "clone3", "fork", "vfork", NULL };

	return first_of(needs, calls);
}

const struct need *needs_file_by_path(const struct needs *needs)
{
	static const char *const calls[] = {
		"open",	    "openat",	 "openat2",	   "open_by_handle_at",
		"creat",    "truncate",	 "truncate64",	   "mknod",
		"mknodat",  "link",	 "linkat",	   "rename",
		"renameat", "renameat2", "io_uring_setup", NULL
	};

	return first_of(needs, calls);
}

void needs_free(struct needs *needs)
{
	free(needs->needs);
	free(needs->rules);
	*needs = (struct needs){ 0 };
}

bool need_is_same(const struct need *one, const struct need *other)
{
	return one->number == other->number &&
	       !memcmp(one->rule->checks, other->rule->checks, sizeof(one->rule->checks));
}

/* A value of the low 32 bits as a program passes it: descriptors may be -1, AT_FDCWD. */
static void check_to_text(const struct jumpslot_check *check, char *text, size_t size)
{
	static const char *const kinds[] = {
		[JUMPSLOT_CHECK_PROCESS] = "this process",
		[JUMPSLOT_CHECK_CONSOLE] = "console input",
		[JUMPSLOT_CHECK_WAKE] = "wake-up",
		[JUMPSLOT_CHECK_LINE] = "an interrupt line",
		[JUMPSLOT_CHECK_OPENED] = "opened later",
		[JUMPSLOT_CHECK_FILE] = "standard or opened later",
		[JUMPSLOT_CHECK_VCPU] = "the virtual processor",
		[JUMPSLOT_CHECK_GDB] = "gdb's connection",
		[JUMPSLOT_CHECK_PORT] = "where a port waits",
		[JUMPSLOT_CHECK_PEER] = "what wakes another port",
	};

	if (check->kind != JUMPSLOT_CHECK_BITS)
		snprintf(text, size, "arg%" PRIu32 " is %s", check->argument,
			 kinds[check->kind]);
	else if (check->mask == UINT32_MAX)
		snprintf(text, size, "arg%" PRIu32 " == %" PRId32, check->argument,
			 (int32_t)check->value);
	else
		snprintf(text, size, "arg%" PRIu32 " & 0x%" PRIx64 " == 0x%" PRIx64,
			 check->argument, check->mask, check->value);
}

void need_to_text(const struct need *need, char *text, size_t size)
{
	const char *separator = " if ";

	snprintf(text, size, "%s", need->call);
	for (size_t i = 0; i < JUMPSLOT_RULE_CHECKS; i++) {
		const struct jumpslot_check *check = &need->rule->checks[i];
		size_t used = strlen(text);

		if (!check->kind)
			continue;
		snprintf(text + used, size - used, "%s", separator);
		used = strlen(text);
		check_to_text(check, text + used, size - used);
		separator = " and ";
	}
}
