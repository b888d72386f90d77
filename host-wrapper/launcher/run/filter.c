/* From needs to rules of filter_program.h, in order. See filter.h. */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>

#include "common/plan.h"
#include "filter.h"
#include "filter_program.h"
#include "launcher/link/system_calls.h"

_Static_assert(JUMPSLOT_RULE_CHECKS <= FILTER_CHECKS, "every check has room");

struct rules {
	struct filter_rule *rules; /* NULL: only counted */
	size_t count;
};

/* `own`: for a check of one of several descriptors. */
static struct filter_check to_check(const struct jumpslot_check *check, uint64_t own)
{
	const uint64_t values[] = {
		[JUMPSLOT_CHECK_BITS] = check->value,
		[JUMPSLOT_CHECK_PROCESS] = PLAN_PROCESS,
		[JUMPSLOT_CHECK_CONSOLE] = PLAN_CONSOLE,
		[JUMPSLOT_CHECK_WAKE] = PLAN_WAKE,
		[JUMPSLOT_CHECK_LINE] = own,
		[JUMPSLOT_CHECK_OPENED] = PLAN_OPENED,
		[JUMPSLOT_CHECK_FILE] = PLAN_OPENED,
		[JUMPSLOT_CHECK_VCPU] = PLAN_VCPU,
		[JUMPSLOT_CHECK_GDB] = PLAN_GDB,
		[JUMPSLOT_CHECK_PORT] = own,
		[JUMPSLOT_CHECK_PEER] = own,
	};
	const enum filter_kind kinds[] = {
		[JUMPSLOT_CHECK_OPENED] = FILTER_FROM,
		[JUMPSLOT_CHECK_FILE] = FILTER_FILE, /* all others: FILTER_BITS */
		[JUMPSLOT_CHECK_LAST] = FILTER_BITS,
	};

	/* The kernel takes descriptors and numbers from the low half of an argument. */
	return (struct filter_check){
		.kind = kinds[check->kind],
		.argument = check->argument,
		.mask = check->kind == JUMPSLOT_CHECK_BITS ? check->mask : UINT32_MAX,
		.value = values[check->kind],
	};
}

static void add_rule(struct rules *rules, const struct need *need, uint64_t own)
{
	struct filter_rule *rule;

	if (!rules->rules) {
		rules->count++;
		return;
	}
	rule = &rules->rules[rules->count++];
	*rule = (struct filter_rule){ .number = (uint32_t)need->number };
	for (size_t i = 0; i < JUMPSLOT_RULE_CHECKS; i++)
		if (need->rule->checks[i].kind)
			rule->checks[rule->count++] =
				to_check(&need->rule->checks[i], own);
}

/* The descriptors of the checks that one of several descriptors passes. */
struct descriptors {
	const struct irq_lines *lines;
	const struct port_files *ports; /* NULL: none */
};

static bool has_check(const struct need *need, uint32_t kind)
{
	for (size_t i = 0; i < JUMPSLOT_RULE_CHECKS; i++)
		if (need->rule->checks[i].kind == kind)
			return true;
	return false;
}

/* Ports that only write or read samples never wait. */
static void add_waiting(struct rules *rules, const struct need *need,
			const struct port_files *ports)
{
	for (size_t i = 0; i < ports->count; i++)
		if (ports->ports[i].record.wake != PLAN_NO_WAKE)
			add_rule(rules, need, ports->ports[i].record.wake);
}

/* Once for each: several ports may wake the same vector. */
static void add_peers(struct rules *rules, const struct need *need,
		      const struct port_files *ports)
{
	for (size_t i = 0; i < ports->peer_count; i++) {
		size_t first = 0;

		while (ports->peers[first] != ports->peers[i])
			first++;
		if (first == i)
			add_rule(rules, need, (uint64_t)ports->peers[i]);
	}
}

/* Adds a rule; one of several descriptors, for each of them. */
static void add(struct rules *rules, const struct need *need,
		const struct descriptors *descriptors)
{
	const struct irq_lines *lines = descriptors->lines;

	if (has_check(need, JUMPSLOT_CHECK_LINE)) {
		for (size_t i = 0; i < lines->count; i++)
			add_rule(rules, need, (uint64_t)lines->lines[i].descriptor);
	} else if (has_check(need, JUMPSLOT_CHECK_PORT)) {
		if (descriptors->ports)
			add_waiting(rules, need, descriptors->ports);
	} else if (has_check(need, JUMPSLOT_CHECK_PEER)) {
		if (descriptors->ports)
			add_peers(rules, need, descriptors->ports);
	} else {
		add_rule(rules, need, 0);
	}
}

static void add_all(struct rules *rules, const struct needs *needs,
		    const struct descriptors *descriptors)
{
	for (size_t i = 0; i < needs->rule_count; i++)
		add(rules, needs->rules[i], descriptors);
}

/* The rules of a guest, in order; NULL without memory. */
static struct filter_rule *collect(const struct needs *needs,
				   const struct descriptors *descriptors, size_t *count)
{
	struct rules rules = { 0 };

	add_all(&rules, needs, descriptors);
	rules.rules = malloc((rules.count + 1) * sizeof(*rules.rules));
	if (!rules.rules)
		return NULL;
	rules.count = 0;
	add_all(&rules, needs, descriptors);
	*count = rules.count;
	return rules.rules;
}

int filter_compile(struct filter *filter, const struct needs *needs, unsigned machine,
		   const struct irq_lines *lines, const struct port_files *ports,
		   struct message *message)
{
	const struct descriptors descriptors = { lines, ports };
	struct filter_program program = { .size = PLAN_MAX_FILTER };
	size_t count = 0;
	struct filter_rule *rules = collect(needs, &descriptors, &count);
	int error = -ENOMEM;

	/* Not cleared: a start would touch pages that it does not need. */
	program.instructions = malloc(program.size * sizeof(*program.instructions));
	if (rules && program.instructions)
		error = filter_program_write(&program, system_call_architecture(machine),
					     machine == EM_X86_64, rules, count);
	free(rules);
	*filter = (struct filter){ program.instructions, program.count,
				   needs_processes(needs) };
	if (!error)
		return 0;
	filter_free(filter);
	return error == -E2BIG ? fail(message, E2BIG,
				      "the rules need more than %u instructions of a "
				      "filter",
				      PLAN_MAX_FILTER)
			       : fail(message, ENOMEM, "out of memory");
}

void filter_free(struct filter *filter)
{
	free(filter->program);
	*filter = (struct filter){ 0 };
}
