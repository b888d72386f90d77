/* Registers and frames as lines. See fault_account.h. */
#include <elf.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/printable.h"
#include "fault_account.h"
#include "outcome_place.h"

#define PER_LINE    4
#define FIELD(name) offsetof(struct jumpslot_fault, name)

/* The names on x86-64; without their first letter and with "e" they are those of i386. */
static const struct {
	const char *name;
	size_t field;
	bool only_64_bit;
} registers_x86[] = {
	{ "rip", FIELD(pc), false }, { "rsp", FIELD(sp), false },
	{ "rbp", FIELD(bp), false }, { "rflags", FIELD(flags), false },
	{ "rax", FIELD(ax), false }, { "rbx", FIELD(bx), false },
	{ "rcx", FIELD(cx), false }, { "rdx", FIELD(dx), false },
	{ "rsi", FIELD(si), false }, { "rdi", FIELD(di), false },
	{ "r8", FIELD(r8), true },   { "r9", FIELD(r9), true },
	{ "r10", FIELD(r10), true }, { "r11", FIELD(r11), true },
	{ "r12", FIELD(r12), true }, { "r13", FIELD(r13), true },
	{ "r14", FIELD(r14), true }, { "r15", FIELD(r15), true },
};
static const char *const names_i386[] = { "eip", "esp", "ebp", "eflags", "eax",
					  "ebx", "ecx", "edx", "esi",	 "edi" };
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

_Static_assert(COUNT(registers_x86) == FAULT_ACCOUNT_REGISTERS, "room for all");

size_t fault_account_registers(const struct linked_guest *guest,
			       const struct outcome *outcome,
			       struct fault_account_register *registers)
{
	bool is_64_bit = guest->file.machine->number == EM_X86_64;
	size_t count = is_64_bit ? COUNT(registers_x86) : COUNT(names_i386);

	if (outcome->kind == OUTCOME_NONE || !outcome->registers.sp)
		return 0;
	for (size_t i = 0; i < count; i++) {
		registers[i].name = is_64_bit ? registers_x86[i].name : names_i386[i];
		registers[i].value =
			*(const uint64_t *)((const char *)&outcome->registers +
					    registers_x86[i].field);
	}
	return count;
}

static void print_registers(const struct fault_account_register *registers, size_t count,
			    FILE *out)
{
	for (size_t i = 0; i < count; i++) {
		bool is_last = i % PER_LINE == PER_LINE - 1 || i + 1 == count;

		fprintf(out, "%s%-6s ", i % PER_LINE ? " " : "    ", registers[i].name);
		if (is_last)
			fprintf(out, "0x%" PRIx64 "\n", registers[i].value);
		else
			fprintf(out, "0x%-16" PRIx64, registers[i].value);
	}
}

static void print_last(const struct linked_guest *guest, const struct outcome *outcome,
		       FILE *out)
{
	if (outcome->last_import == OUTCOME_NO_IMPORT ||
	    outcome->host_import != OUTCOME_NO_IMPORT)
		return;
	fprintf(out, "    last gated function: %s\n",
		outcome_import(guest, outcome->last_import));
}

static void print_frame(const struct linked_guest *guest, const struct outcome *outcome,
			const struct backtrace_frame *frame, FILE *out)
{
	char text[OUTCOME_MAX_PLACE];

	fprintf(out, "      %s", outcome_place(guest, outcome, frame->pc, text));
	if (frame->line) {
		fputs(", ", out);
		print_escaped(frame->file, out);
		fprintf(out, ":%u", frame->line);
	}
	fputc('\n', out);
}

/* Recursion fills a stack with the same frame. */
static size_t count_same(const struct backtrace *backtrace, size_t first)
{
	size_t count = 1;

	while (first + count < backtrace->count &&
	       backtrace->frames[first + count].pc == backtrace->frames[first].pc)
		count++;
	return count;
}

static void print_backtrace(const struct linked_guest *guest,
			    const struct run_result *result, FILE *out)
{
	const struct backtrace *backtrace = &result->backtrace;
	size_t same;

	if (backtrace->missing)
		fprintf(out, "    the guest's stack is not shown: %s\n",
			backtrace->missing);
	if (backtrace->count)
		fputs("    the guest's stack:\n", out);
	for (size_t i = 0; i < backtrace->count; i += same) {
		same = count_same(backtrace, i);
		print_frame(guest, &result->outcome, &backtrace->frames[i], out);
		if (same > 1)
			fprintf(out, "      and %zu more of the same\n", same - 1);
	}
	if (backtrace->count == BACKTRACE_MAX)
		fputs("      and maybe more\n", out);
}

/* Says what the runner has written: that the time was up is the supervisor's own word. */
static void print_mark(const struct run_result *result, bool has_lines, FILE *out)
{
	const char *above =
		result->timed_out ? "the place above" : "place and cause above";

	if (has_lines)
		fprintf(out,
			"  %s, and these lines, are the runner's account, not "
			"verified:\n",
			above);
	else if (result->outcome.kind != OUTCOME_NONE)
		fprintf(out, "  %s %s the runner's account, not verified\n", above,
			result->timed_out ? "is" : "are");
}

void fault_account_print(const struct linked_guest *guest,
			 const struct run_result *result, FILE *out)
{
	struct fault_account_register registers[FAULT_ACCOUNT_REGISTERS];
	size_t count = fault_account_registers(guest, &result->outcome, registers);

	print_mark(result, count, out);
	if (!count)
		return;
	print_registers(registers, count, out);
	print_last(guest, &result->outcome, out);
	print_backtrace(guest, result, out);
}
