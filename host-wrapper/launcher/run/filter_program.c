/*
 * Every part of the program is self-contained: control enters it at its first
 * instruction, and each way through it ends in a return. So a part can be moved as a
 * whole, and a conditional jump, which reaches 255 instructions, stays within one part or
 * skips one. See filter_program.h.
 */
#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>

#include "common/plan.h"
#include "filter_program.h"

#define FAR	  255 /* the longest conditional jump */
#define NEXT_RULE 255 /* a jump that end_rule() has to set: rules are shorter */
/* Numbers that are compared one by one: more make each call slower, and fewer the
 * program longer, which the kernel compiles at each start. */
#define GROUP	      4
#define LONGEST_CHECK 6 /* instructions */
#define NOT_STANDARD  3 /* descriptors before are standard input, output and error */

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "low halves come first");

struct writer {
	struct filter_program *into;
	bool wide;
};

static void emit(struct writer *writer, uint16_t code, uint32_t value)
{
	struct filter_program *into = writer->into;

	/* Counted all the same: the caller compares with the size. */
	if (into->count < into->size)
		into->instructions[into->count] =
			(struct sock_filter){ .code = code, .k = value };
	into->count++;
}

static void emit_jump(struct writer *writer, uint16_t condition, uint32_t value,
		      uint8_t if_true, uint8_t if_false)
{
	struct filter_program *into = writer->into;

	emit(writer, (uint16_t)(BPF_JMP | condition | BPF_K), value);
	if (into->count <= into->size) {
		into->instructions[into->count - 1].jt = if_true;
		into->instructions[into->count - 1].jf = if_false;
	}
}

static void emit_load(struct writer *writer, size_t from)
{
	emit(writer, BPF_LD | BPF_W | BPF_ABS, (uint32_t)from);
}

static void emit_return(struct writer *writer, uint32_t action)
{
	emit(writer, BPF_RET | BPF_K, action);
}

static void emit_bits(struct writer *writer, size_t from, uint32_t mask, uint32_t value,
		      bool loaded)
{
	if (!mask)
		return;
	if (!loaded)
		emit_load(writer, from);
	if (mask != UINT32_MAX)
		emit(writer, BPF_ALU | BPF_AND | BPF_K, mask);
	emit_jump(writer, BPF_JEQ, value, 0, NEXT_RULE);
}

/* `loaded`: the accumulator has the argument's low half. */
static void emit_check(struct writer *writer, const struct filter_check *check,
		       bool loaded)
{
	const size_t low =
		offsetof(struct seccomp_data, args[0]) + (size_t)8 * check->argument;

	if (check->kind == FILTER_BITS) {
		emit_bits(writer, low, (uint32_t)check->mask, (uint32_t)check->value,
			  loaded);
		if (writer->wide)
			emit_bits(writer, low + 4, (uint32_t)(check->mask >> 32),
				  (uint32_t)(check->value >> 32), false);
		return;
	}
	emit_load(writer, low);
	emit_jump(writer, BPF_JGE, PLAN_MAX_DESCRIPTORS, NEXT_RULE, 0);
	if (check->kind == FILTER_FILE) {
		emit_jump(writer, BPF_JGE, (uint32_t)check->value, 1, 0);
		emit_jump(writer, BPF_JGE, NOT_STANDARD, NEXT_RULE, 0);
	} else {
		emit_jump(writer, BPF_JGE, (uint32_t)check->value, 0, NEXT_RULE);
	}
}

/* Sets the jumps of the rule that begins at `start` to what follows it. */
static void end_rule(struct writer *writer, size_t start)
{
	const struct filter_program *into = writer->into;

	if (into->count > into->size)
		return;
	for (size_t i = start; i < into->count; i++) {
		struct sock_filter *each = &into->instructions[i];
		uint8_t next = (uint8_t)(into->count - i - 1);

		if (BPF_CLASS(each->code) != BPF_JMP)
			continue;
		each->jt = each->jt == NEXT_RULE ? next : each->jt;
		each->jf = each->jf == NEXT_RULE ? next : each->jf;
	}
}

/* Whether a rule, where it does not hold, leaves the low half of the argument loaded that
 * the next one begins with. */
static bool leaves_load(const struct filter_rule *rule, const struct filter_rule *next)
{
	const struct filter_check *check = &rule->checks[0];

	return rule->count == 1 && check->kind == FILTER_BITS &&
	       check->mask == UINT32_MAX && next->checks[0].kind == FILTER_BITS &&
	       next->checks[0].mask == UINT32_MAX &&
	       check->argument == next->checks[0].argument;
}

static void emit_rule(struct writer *writer, const struct filter_rule *rule, bool loaded)
{
	const size_t start = writer->into->count;

	for (unsigned i = 0; i < rule->count; i++)
		emit_check(writer, &rule->checks[i], loaded && !i);
	emit_return(writer, SECCOMP_RET_ALLOW);
	end_rule(writer, start);
}

static bool is_next(const struct filter_rule *rules, size_t at, size_t count)
{
	return at < count && rules[at].number == rules->number;
}

/* The rules of one number that all have checks. */
static void emit_body(struct writer *writer, const struct filter_rule *rules,
		      size_t count)
{
	for (size_t i = 0; is_next(rules, i, count); i++)
		emit_rule(writer, &rules[i], i && leaves_load(&rules[i - 1], &rules[i]));
	emit_return(writer, SECCOMP_RET_TRAP);
}

static void set_jump(struct writer *writer, size_t from, size_t to)
{
	if (writer->into->count <= writer->into->size)
		writer->into->instructions[from].jt = (uint8_t)(to - from - 1);
}

/* The index of the next number. */
static size_t skip(const struct filter_rule *rules, size_t at, size_t count)
{
	const size_t first = at;

	while (is_next(rules + first, at - first, count - first))
		at++;
	return at;
}

/*
 * Some numbers: a comparison for each, and the bodies of those that have checks. A number
 * without checks jumps to a common return.
 */
static void emit_group(struct writer *writer, const struct filter_rule *rules,
		       size_t count)
{
	const size_t start = writer->into->count;
	size_t number = 0, allow;

	for (size_t i = 0; i < count; i = skip(rules, i, count))
		emit_jump(writer, BPF_JEQ, rules[i].number, 0, 0);
	emit_return(writer, SECCOMP_RET_TRAP);
	allow = writer->into->count;
	emit_return(writer, SECCOMP_RET_ALLOW);
	for (size_t i = 0; i < count; i = skip(rules, i, count), number++) {
		set_jump(writer, start + number,
			 rules[i].count ? writer->into->count : allow);
		if (rules[i].count)
			emit_body(writer, rules + i, count - i);
	}
}

/* Whether a comparison reaches all bodies of these rules but the last. */
static bool is_group(const struct filter_rule *rules, size_t count)
{
	size_t numbers = 0, length = 0;

	for (size_t i = 0; i < count; i++) {
		numbers += !i || rules[i].number != rules[i - 1].number;
		length += rules[i].count * LONGEST_CHECK + 2;
	}
	return numbers == 1 || (numbers <= GROUP && length <= FAR - GROUP);
}

/* Jumps from `from` to the end for numbers from `first` on. */
static void branch(struct writer *writer, size_t from, uint32_t first)
{
	struct filter_program *into = writer->into;
	const size_t length = into->count - from - 1;
	struct sock_filter *at;

	if (into->count > into->size)
		return;
	at = &into->instructions[from];
	*at = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, first, 0, 1);
	if (length <= FAR) {
		at->jt = (uint8_t)length;
		at->jf = 0;
		return;
	}
	emit(writer, 0, 0); /* room for a long jump */
	if (into->count > into->size)
		return;
	memmove(at + 2, at + 1, length * sizeof(*at));
	at[1] = (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)length);
}

/* The index near the middle at which another number begins; there are two numbers. */
static size_t middle(const struct filter_rule *rules, size_t count)
{
	size_t at = count / 2;

	while (at && rules[at].number == rules[at - 1].number)
		at--;
	if (at)
		return at;
	return skip(rules, 0, count);
}

static void emit_calls(struct writer *writer, const struct filter_rule *rules,
		       size_t count)
{
	const size_t from = writer->into->count;
	size_t half;

	if (is_group(rules, count)) {
		emit_group(writer, rules, count);
		return;
	}
	half = middle(rules, count);
	emit(writer, 0, 0); /* branch() */
	emit_calls(writer, rules, half);
	branch(writer, from, rules[half].number);
	emit_calls(writer, rules + half, count - half);
}

int filter_program_write(struct filter_program *program, uint32_t architecture, bool wide,
			 const struct filter_rule *rules, size_t count)
{
	struct writer writer = { program, wide };

	program->count = 0;
	emit_load(&writer, offsetof(struct seccomp_data, arch));
	emit_jump(&writer, BPF_JEQ, architecture, 1, 0);
	emit_return(&writer, SECCOMP_RET_TRAP);
	emit_load(&writer, offsetof(struct seccomp_data, nr));
	if (count)
		emit_calls(&writer, rules, count);
	else
		emit_return(&writer, SECCOMP_RET_TRAP);
	return program->count > program->size ? -E2BIG : 0;
}
