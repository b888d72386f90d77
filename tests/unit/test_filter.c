/*
 * The filter of system calls decides as its rules say, and as libseccomp's filter of the
 * same rules does: every number, ABI and boundary of an argument.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/plan.h"
#include "launcher/link/system_calls.h"
#include "launcher/run/filter.h"
#include "launcher/run/filter_program.h"
#include "launcher/scan/provider_file.h"
#include "unit.h"

#define LAST_NUMBER 600
#define X32	    0x40000000
#define BASE	    7 /* the first descriptor that the guest opens */

/* The ABIs of an x86-64 kernel, and one that it does not have. */
static const uint32_t architectures[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386,
					  AUDIT_ARCH_AARCH64 };

/* One instruction of a filter that returns nothing. */
static size_t step(const struct sock_filter *at, const struct seccomp_data *data,
		   uint32_t *a)
{
	switch (at->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		ck_assert_uint_le(at->k, sizeof(*data) - 4);
		memcpy(a, (const char *)data + at->k, 4);
		return 1;
	case BPF_ALU | BPF_AND | BPF_K:
		*a &= at->k;
		return 1;
	case BPF_JMP | BPF_JA:
		return 1 + (size_t)at->k;
	case BPF_JMP | BPF_JEQ | BPF_K:
		return 1u + (*a == at->k ? at->jt : at->jf);
	case BPF_JMP | BPF_JGE | BPF_K:
		return 1u + (*a >= at->k ? at->jt : at->jf);
	case BPF_JMP | BPF_JGT | BPF_K:
		return 1u + (*a > at->k ? at->jt : at->jf);
	}
	ck_abort_msg("instruction 0x%x", at->code);
	return 0;
}

/* Runs a filter as the kernel does. */
static uint32_t decide(const struct filter *filter, const struct seccomp_data *data)
{
	uint32_t a = 0;
	size_t at = 0;

	while (at < filter->count && BPF_CLASS(filter->program[at].code) != BPF_RET)
		at += step(&filter->program[at], data, &a);
	ck_assert_uint_lt(at, filter->count);
	return filter->program[at].k;
}

/* libseccomp takes its own architecture's number of a call. Returns a negative number for
 * a call of that architecture alone, or -1 if none has that number. */
static int native(uint32_t number, uint32_t architecture)
{
	char *name;
	int result;

	if (architecture == seccomp_arch_native())
		return (int)number;
	name = seccomp_syscall_resolve_num_arch(architecture, (int)number);
	result = name ? seccomp_syscall_resolve_name(name) : __NR_SCMP_ERROR;
	free(name);
	return result;
}

/* libseccomp's filter of the same rules. It knows only comparisons of bits. */
static struct filter reference(const struct filter_rule *rules, size_t count,
			       uint32_t architecture)
{
	static struct sock_filter program[2 * PLAN_MAX_FILTER];
	scmp_filter_ctx context = seccomp_init(SCMP_ACT_TRAP);
	int file = memfd_create("filter", MFD_CLOEXEC);
	ssize_t size;

	if (architecture != seccomp_arch_native()) {
		ck_assert(!seccomp_arch_add(context, architecture));
		ck_assert(!seccomp_arch_remove(context, seccomp_arch_native()));
	}
	seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_TRAP);
	for (size_t i = 0; i < count; i++) {
		struct scmp_arg_cmp checks[FILTER_CHECKS];
		int error;

		for (size_t j = 0; j < rules[i].count; j++)
			checks[j] = (struct scmp_arg_cmp){ rules[i].checks[j].argument,
							   SCMP_CMP_MASKED_EQ,
							   rules[i].checks[j].mask,
							   rules[i].checks[j].value };
		error = seccomp_rule_add_exact_array(
			context, SCMP_ACT_ALLOW, native(rules[i].number, architecture),
			rules[i].count, checks);
		ck_assert_msg(!error || error == -EEXIST, "%d", error);
	}
	ck_assert(!seccomp_export_bpf(context, file));
	seccomp_release(context);
	size = pread(file, program, sizeof(program), 0);
	close(file);
	ck_assert_int_gt(size, 0);
	return (struct filter){ program, (size_t)size / sizeof(*program), false };
}

static bool holds(const struct filter_check *check, uint64_t value, bool wide)
{
	const uint64_t half = wide ? UINT64_MAX : UINT32_MAX;
	const uint32_t number = (uint32_t)value;

	if (check->kind == FILTER_BITS)
		return (value & check->mask & half) == (check->value & half);
	return (number >= check->value && number < PLAN_MAX_DESCRIPTORS) ||
	       (check->kind == FILTER_FILE && number <= 2);
}

/* Whether the rules allow a call. */
static bool is_allowed(const struct filter_rule *rules, size_t count,
		       uint32_t architecture, const struct seccomp_data *data)
{
	if (data->arch != architecture)
		return false;
	for (size_t i = 0; i < count; i++) {
		bool all = rules[i].number == (uint32_t)data->nr;

		for (size_t j = 0; all && j < rules[i].count; j++)
			all = holds(&rules[i].checks[j],
				    data->args[rules[i].checks[j].argument],
				    architecture == AUDIT_ARCH_X86_64);
		if (all)
			return true;
	}
	return false;
}

/* The filters of one set of rules. */
struct compared {
	const struct filter_rule *rules;
	size_t count;
	uint32_t architecture;
	struct filter own;
	struct filter reference; /* of no instructions, if libseccomp cannot say it */
};

static void compare(const struct compared *these, const struct seccomp_data *data)
{
	const uint32_t expected =
		is_allowed(these->rules, these->count, these->architecture, data)
			? SECCOMP_RET_ALLOW
			: SECCOMP_RET_TRAP;

	ck_assert_msg(decide(&these->own, data) == expected, "call %d of %x, not %x",
		      data->nr, data->arch, expected);
	if (these->reference.count)
		ck_assert_msg(decide(&these->reference, data) == expected,
			      "libseccomp: call %d of %x, not %x", data->nr, data->arch,
			      expected);
}

/* Arguments for which a rule holds, as far as the word size lets it. */
static struct seccomp_data satisfy(const struct filter_rule *rule, uint32_t architecture)
{
	struct seccomp_data data = { .nr = (int)rule->number, .arch = architecture };

	for (size_t i = 0; i < rule->count; i++)
		data.args[rule->checks[i].argument] = rule->checks[i].value;
	if (architecture != AUDIT_ARCH_X86_64)
		for (size_t i = 0; i < 6; i++)
			data.args[i] &= UINT32_MAX;
	return data;
}

/* Each check's argument at and around its boundaries; the others as they are to be. */
static void compare_boundaries(const struct compared *these,
			       const struct filter_rule *rule)
{
	static const unsigned bits[] = { 0, 1, 2, 3, 9, 16, 30, 31, 32, 33, 47, 62, 63 };
	const struct seccomp_data right = satisfy(rule, these->architecture);
	const bool wide = these->architecture == AUDIT_ARCH_X86_64;

	compare(these, &right);
	for (size_t i = 0; i < rule->count; i++) {
		const struct filter_check *check = &rule->checks[i];
		const uint64_t values[] = { 0,
					    1,
					    2,
					    3,
					    check->value - 1,
					    check->value + 1,
					    ~check->value,
					    check->value | ~check->mask,
					    INT32_MAX,
					    UINT64_C(1) << 31,
					    UINT32_MAX,
					    PLAN_MAX_DESCRIPTORS - 1,
					    PLAN_MAX_DESCRIPTORS,
					    UINT64_MAX,
					    (uint64_t)-100 };

		for (size_t j = 0; j < COUNT(values) + COUNT(bits); j++) {
			struct seccomp_data data = right;
			__u64 *argument = &data.args[check->argument];

			*argument = j < COUNT(values)
					    ? values[j]
					    : *argument ^ (UINT64_C(1)
							   << bits[j - COUNT(values)]);
			if (!wide)
				*argument &= UINT32_MAX;
			compare(these, &data);
		}
	}
}

static void compare_number(const struct compared *these, int number)
{
	for (size_t i = 0; i < COUNT(architectures); i++) {
		struct seccomp_data data = { .nr = number, .arch = architectures[i] };

		compare(these, &data);
		memset(data.args, 0xff, sizeof(data.args));
		if (architectures[i] != AUDIT_ARCH_X86_64)
			for (size_t j = 0; j < 6; j++)
				data.args[j] &= UINT32_MAX;
		compare(these, &data);
	}
}

static void compare_everywhere(const struct compared *these)
{
	static const int others[] = { -1, -2, X32 - 1, INT32_MAX, INT32_MIN };

	for (int number = 0; number <= LAST_NUMBER; number++) {
		compare_number(these, number);
		compare_number(these, number | X32);
	}
	for (size_t i = 0; i < COUNT(others); i++)
		compare_number(these, others[i]);
	for (size_t i = 0; i < these->count; i++)
		compare_boundaries(these, &these->rules[i]);
}

static int by_number(const void *a, const void *b)
{
	const struct filter_rule *one = a, *other = b;

	if (one->number != other->number)
		return one->number < other->number ? -1 : 1;
	return (one->count > 0) - (other->count > 0);
}

static unsigned below(unsigned limit)
{
	static uint64_t state = 88172645463325252u;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state % limit);
}

static struct filter_check random_check(unsigned argument, bool all_kinds)
{
	static const uint64_t masks[] = { UINT32_MAX, UINT32_MAX,
					  UINT64_MAX, 4,
					  07000,      UINT64_C(0x8000000080000001),
					  0x4000,     UINT64_C(0xffffffff00000000) };
	static const uint64_t values[] = {
		0,	   1, 2, 24, UINT32_MAX, UINT64_MAX, UINT64_C(0x8000000080000000),
		0x12345678
	};
	struct filter_check check = { FILTER_BITS, argument, masks[below(8)],
				      values[below(8)] };

	check.value &= check.mask;
	if (all_kinds && !below(3))
		check = (struct filter_check){ below(2) ? FILTER_FROM : FILTER_FILE,
					       argument, UINT32_MAX, BASE };
	return check;
}

/* On i386, libseccomp also allows such calls by socketcall() and ipc(). */
static bool is_multiplexed(uint32_t number)
{
	return number == 102 || number == 117 || (number >= 359 && number <= 373) ||
	       (number >= 393 && number <= 402);
}

static uint32_t random_number(unsigned numbers, uint32_t architecture)
{
	uint32_t number = below(numbers) * (LAST_NUMBER / numbers);

	while (architecture == AUDIT_ARCH_I386 &&
	       (is_multiplexed(number) ||
		native(number, architecture) == __NR_SCMP_ERROR))
		number = (number + 1) % LAST_NUMBER;
	return number;
}

static struct filter_rule random_rule(unsigned numbers, uint32_t architecture,
				      bool all_kinds)
{
	static const unsigned counts[] = { 0, 0, 0, 1, 1, 1, 1, 2, 3, 4 };
	struct filter_rule rule = { .number = random_number(numbers, architecture),
				    .count = counts[below(10)] };
	const unsigned first = below(6);

	for (unsigned i = 0; i < rule.count; i++)
		rule.checks[i] = random_check((first + i) % 6, all_kinds);
	return rule;
}

static void compare_rules(const struct filter_rule *rules, size_t count,
			  uint32_t architecture, bool has_reference)
{
	static struct sock_filter instructions[PLAN_MAX_FILTER];
	struct filter_program program = { instructions, PLAN_MAX_FILTER, 0 };
	struct compared these = { .rules = rules,
				  .count = count,
				  .architecture = architecture };

	ck_assert_int_eq(filter_program_write(&program, architecture,
					      architecture == AUDIT_ARCH_X86_64, rules,
					      count),
			 0);
	these.own = (struct filter){ instructions, program.count, false };
	if (has_reference)
		these.reference = reference(rules, count, architecture);
	compare_everywhere(&these);
}

/* Few numbers have many rules each; many numbers make a program with long jumps. */
static void compare_random(bool all_kinds)
{
	static const unsigned spans[] = { 1, 2, 5, 20, 120 };
	static struct filter_rule rules[300];

	for (unsigned long round = 0; round < unit_rounds(10); round++) {
		const size_t count = round % 4 ? below(40) : below(300);

		for (size_t i = 0; i < count; i++)
			rules[i] = random_rule(spans[round % 5], architectures[round % 2],
					       all_kinds);
		qsort(rules, count, sizeof(*rules), by_number);
		compare_rules(rules, count, architectures[round % 2], !all_kinds);
	}
}

START_TEST(random_rules_are_decided_as_libseccomp_does)
{
	compare_random(false);
}
END_TEST

START_TEST(random_rules_of_every_kind_are_decided_as_they_say)
{
	compare_random(true);
}
END_TEST

/* All rules that a file states for its machine, whatever a guest imports. */
static size_t stated_needs(const struct provider_file *provider, unsigned machine,
			   struct need *needs)
{
	size_t count = 0;

	for (size_t i = 0; i < provider->stated.rule_count; i++) {
		const struct jumpslot_rule *rule = &provider->stated.rules[i];
		const char *colon = strchr(rule->call, ':');
		const char *name = colon ? colon + 1 : rule->call;
		bool known;
		int number = system_call_number(name, system_call_architecture(machine),
						&known);

		if (!*rule->call || number < 0 ||
		    (colon && (machine == EM_386) != (rule->call[0] == 'i')))
			continue;
		needs[count++] =
			(struct need){ .rule = rule, .call = name, .number = number };
	}
	return count;
}

/* The rules as filter_compile() is to understand them. */
static size_t to_rules(const struct needs *needs, const struct irq_lines *lines,
		       struct filter_rule *rules)
{
	size_t count = 0;

	for (size_t i = 0; i < needs->count; i++)
		for (size_t line = 0; line < lines->count; line++) {
			const struct jumpslot_check *from = needs->needs[i].rule->checks;
			struct filter_rule *to = &rules[count++];

			*to = (struct filter_rule){ (uint32_t)needs->needs[i].number,
						    0,
						    { { 0 } } };
			for (size_t j = 0; j < JUMPSLOT_RULE_CHECKS; j++) {
				const uint64_t values[] = {
					[JUMPSLOT_CHECK_BITS] = from[j].value,
					[JUMPSLOT_CHECK_PROCESS] = PLAN_PROCESS,
					[JUMPSLOT_CHECK_CONSOLE] = PLAN_CONSOLE,
					[JUMPSLOT_CHECK_WAKE] = PLAN_WAKE,
					[JUMPSLOT_CHECK_LINE] =
						(uint64_t)lines->lines[line].descriptor,
					[JUMPSLOT_CHECK_OPENED] = BASE,
					[JUMPSLOT_CHECK_FILE] = BASE,
					[JUMPSLOT_CHECK_VCPU] = PLAN_VCPU,
					[JUMPSLOT_CHECK_GDB] = PLAN_GDB,
					[JUMPSLOT_CHECK_PORT] =
						(uint64_t)lines->lines[line].descriptor,
					[JUMPSLOT_CHECK_PEER] =
						(uint64_t)lines->lines[line].descriptor,
				};
				static const enum filter_kind kinds[] = {
					[JUMPSLOT_CHECK_OPENED] = FILTER_FROM,
					[JUMPSLOT_CHECK_FILE] = FILTER_FILE,
					[JUMPSLOT_CHECK_LAST] = FILTER_BITS,
				};

				if (!from[j].kind)
					continue;
				to->checks[to->count++] = (struct filter_check){
					.kind = kinds[from[j].kind],
					.argument = from[j].argument,
					.mask = from[j].kind == JUMPSLOT_CHECK_BITS
							? from[j].mask
							: UINT32_MAX,
					.value = values[from[j].kind],
				};
			}
		}
	return count;
}

static void compare_file(const char *path, unsigned machine, bool has_reference)
{
	static struct filter_rule rules[2048];
	static struct need list[1024];
	const struct irq_lines lines = {
		.lines = { { .descriptor = 5 }, { .descriptor = 9 } }, .count = 2
	};
	static const struct port_files ports = {
		.ports = { { "one", { .wake = 5 } },
			   { "other", { .wake = 9 } },
			   { "sampling", { .wake = PLAN_NO_WAKE } } },
		.count = 3,
		.peers = { 5, 9, 5 },
		.peer_count = 3,
	};
	struct provider_file provider = { 0 };
	struct needs needs = { .needs = list };
	struct compared these = { .rules = rules,
				  .architecture = system_call_architecture(machine) };
	struct message message;

	ck_assert_msg(!provider_file_read(&provider, unit_path(path), machine, ET_DYN,
					  &message),
		      "%s: %s", path, message.text);
	needs.count = stated_needs(&provider, machine, list);
	ck_assert_int_eq(needs_order(&needs), 0);
	ck_assert_uint_gt(needs.count, 10);
	these.count = to_rules(&needs, &lines, rules);
	ck_assert_msg(
		!filter_compile(&these.own, &needs, machine, &lines, &ports, &message),
		"%s: %s", path, message.text);
	for (size_t i = 0; i < these.own.count; i++)
		if (these.own.program[i].k == PLAN_OPENED)
			these.own.program[i].k = BASE;
	if (has_reference)
		these.reference = reference(rules, these.count, these.architecture);
	compare_everywhere(&these);
	filter_free(&these.own);
	free(needs.rules);
	provider_file_free(&provider);
}

START_TEST(the_rules_of_runners_are_decided_as_libseccomp_does)
{
	compare_file("bin/jumpslot-runner-x86_64", EM_X86_64, true);
	compare_file("bin/jumpslot-runner-i386", EM_386, true);
}
END_TEST

START_TEST(the_rules_of_a_large_provider_are_decided_as_they_say)
{
	compare_file("providers/newlib-x86_64.so", EM_X86_64, false);
	compare_file("providers/newlib-i386.so", EM_386, false);
}
END_TEST

START_TEST(socket_calls_of_i386_have_their_own_numbers)
{
	bool known;

	ck_assert_int_eq(system_call_number("sendto", SCMP_ARCH_X86, &known), 369);
	ck_assert_int_eq(system_call_number("shutdown", SCMP_ARCH_X86, &known), 373);
	ck_assert(known);
	ck_assert_int_lt(system_call_number("semtimedop", SCMP_ARCH_X86, &known), 0);
	ck_assert(known);
}
END_TEST

/* Numbers that each have one rule, but number 1 has `many`. */
static size_t rules_of_length(struct filter_rule *rules, size_t numbers, size_t many)
{
	size_t count = 0;

	for (uint32_t number = 0; number < numbers; number++)
		for (size_t i = 0; i < (number == 1 ? many : 1); i++)
			rules[count++] = (struct filter_rule){
				number, 1, { { FILTER_BITS, i % 2, UINT32_MAX, i + 1 } }
			};
	return count;
}

/* A conditional jump reaches 255 instructions. */
START_TEST(calls_are_found_after_parts_of_every_length)
{
	static struct filter_rule rules[160];
	static struct sock_filter instructions[PLAN_MAX_FILTER];
	struct filter_program program = { instructions, PLAN_MAX_FILTER, 0 };
	struct compared these = { .rules = rules, .architecture = AUDIT_ARCH_X86_64 };

	for (size_t numbers = 2; numbers <= 12; numbers++)
		for (size_t many = 1; many <= 140; many++) {
			these.count = rules_of_length(rules, numbers, many);
			ck_assert(!filter_program_write(&program, AUDIT_ARCH_X86_64, true,
							rules, these.count));
			these.own = (struct filter){ instructions, program.count, false };
			for (size_t i = 0; i < these.count; i++) {
				struct seccomp_data data =
					satisfy(&rules[i], AUDIT_ARCH_X86_64);

				compare(&these, &data);
				data.args[i % 2] = 0;
				compare(&these, &data);
			}
		}
}
END_TEST

START_TEST(a_program_that_needs_more_than_its_room_is_refused)
{
	const struct filter_rule rules[] = {
		{ 1, 0, { { 0 } } },
		{ 9, 1, { { FILTER_BITS, 0, UINT64_MAX, 1 } } },
	};
	struct sock_filter instructions[64];
	struct filter_program program = { instructions, COUNT(instructions), 0 };
	size_t needed;

	ck_assert_int_eq(filter_program_write(&program, AUDIT_ARCH_X86_64, true, rules,
					      COUNT(rules)),
			 0);
	needed = program.count;
	for (size_t size = 0; size <= needed; size++) {
		program.size = size;
		memset(instructions, 0xaa, sizeof(instructions));
		ck_assert_int_eq(filter_program_write(&program, AUDIT_ARCH_X86_64, true,
						      rules, COUNT(rules)),
				 size < needed ? -E2BIG : 0);
		ck_assert_uint_eq(instructions[size].code, 0xaaaa);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		random_rules_are_decided_as_libseccomp_does,
		random_rules_of_every_kind_are_decided_as_they_say,
		the_rules_of_runners_are_decided_as_libseccomp_does,
		the_rules_of_a_large_provider_are_decided_as_they_say,
		socket_calls_of_i386_have_their_own_numbers,
		calls_are_found_after_parts_of_every_length,
		a_program_that_needs_more_than_its_room_is_refused,
	};

	return unit_run("filter", tests, COUNT(tests));
}
