/* Recognizing privileged instructions: prefixes, modes, operands, the end of the bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "common/privileged.h"
#include "unit.h"

enum { NARROW, WIDE };

static const char *find(const char *code, size_t count, bool is_64_bit)
{
	/* On the heap, so that a sanitizer notices a read past the end. */
	uint8_t *copy = calloc(1, count ? count : 1);
	uint32_t number;

	memcpy(copy, code, count);
	number = privileged_find(copy, count, is_64_bit);
	free(copy);
	return number == PRIVILEGED_NONE ? "" : privileged_name(number);
}

#define is(code, mode, name) ck_assert_str_eq(find(code, sizeof(code) - 1, mode), name)

START_TEST(prefixes_may_stand_before_an_instruction)
{
	is("\xfa", WIDE, "cli");
	is("\xf0\x66\x67\x2e\xf2\xfa", NARROW, "cli");
	is("\xf3\x6e", NARROW, "outs");
	is("\x66\xef", WIDE, "out");
	is("\x48\x0f\x22\xd8", WIDE, "mov to a control register");
	is("\x44\x0f\x22\xc0", WIDE, "mov to a control register");
	is("\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\xfa", WIDE, "cli");
}
END_TEST

START_TEST(a_rex_prefix_is_an_instruction_in_32_bit_code)
{
	is("\x48\xfa", WIDE, "cli");
	is("\x48\xfa", NARROW, "");
}
END_TEST

START_TEST(the_operand_distinguishes_instructions_of_one_opcode)
{
	is("\x0f\x01\x10", WIDE, "lgdt");
	is("\x0f\x01\x18", WIDE, "lidt");
	is("\x0f\x01\x38", WIDE, "invlpg");
	is("\x0f\x01\xf8", WIDE, "swapgs");
	is("\x0f\x01\xd1", WIDE, "xsetbv");
	is("\x0f\x01\xd0", WIDE, ""); /* xgetbv */
	is("\x0f\x01\xf0", WIDE, "lmsw");
	is("\x0f\x00\xd0", WIDE, "lldt");
	is("\x0f\x01\xc1", WIDE, "vmcall");
	is("\x0f\xc7\x28", WIDE, "xsaves");
	is("\x0f\xc7\x08", WIDE, ""); /* cmpxchg8b */
	is("\xff\x28", WIDE, "far jump");
	is("\xff\x20", WIDE, ""); /* jmp */
	is("\xff\x18", WIDE, "far call");
}
END_TEST

START_TEST(instructions_of_32_bit_code_are_not_found_in_64_bit_code)
{
	is("\xc5\x00", NARROW, "lds");
	is("\xc5\xf8", NARROW, ""); /* VEX */
	is("\xc5\x00", WIDE, "");
	is("\xc4\x00", NARROW, "les");
	is("\x1f", NARROW, "pop to a segment register");
	is("\x1f", WIDE, "");
	is("\xea", NARROW, "far jump");
	is("\xea", WIDE, "");
}
END_TEST

START_TEST(fs_and_gs_bases_need_their_prefix)
{
	is("\xf3\x48\x0f\xae\xd0", WIDE, "wrfsbase");
	is("\xf3\x0f\xae\xd8", WIDE, "wrgsbase");
	is("\x0f\xae\xd0", WIDE, "");
	is("\xf3\x0f\xae\x10", WIDE, ""); /* memory: ldmxcsr */
}
END_TEST

START_TEST(ordinary_instructions_are_not_found)
{
	is("\x90", WIDE, "");
	is("\x0f\x0b", WIDE, "");
	is("\x0f\x28\x01", WIDE, "");
	is("\x8b\x06", NARROW, "");
	is("\xcc", WIDE, "");
}
END_TEST

START_TEST(instructions_that_never_fault_are_not_found)
{
	is("\x9d", WIDE, "");	      /* popf */
	is("\x0f\x02\xc0", WIDE, ""); /* lar */
	is("\x0f\x00\xe0", WIDE, ""); /* verr */
	is("\x8c\xd8", WIDE, "");     /* mov from a segment register */
	is("\x64\x8b\x06", WIDE, ""); /* in FS */
}
END_TEST

START_TEST(no_byte_is_read_past_the_last)
{
	is("", WIDE, "");
	is("\x66", WIDE, "");
	is("\x0f", WIDE, "");
	is("\x0f\x01", WIDE, "");
	is("\xff", WIDE, "");
	is("\xfa", WIDE, "cli");
}
END_TEST

START_TEST(all_bytes_give_none_or_a_number_with_a_name)
{
	srand(1);
	for (unsigned long i = unit_rounds(200000); i; i--) {
		char code[PRIVILEGED_MAX_SIZE];
		size_t count = (size_t)rand() % (sizeof(code) + 1);

		for (size_t k = 0; k < count; k++)
			code[k] = (char)rand();
		ck_assert_str_ne(find(code, count, rand() & 1), "?");
	}
}
END_TEST

START_TEST(numbers_out_of_range_have_no_name)
{
	ck_assert_str_eq(privileged_name(PRIVILEGED_NONE), "?");
	ck_assert_str_eq(privileged_instead(PRIVILEGED_NONE), "?");
	ck_assert_str_eq(privileged_name(10000), "?");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		prefixes_may_stand_before_an_instruction,
		a_rex_prefix_is_an_instruction_in_32_bit_code,
		the_operand_distinguishes_instructions_of_one_opcode,
		instructions_of_32_bit_code_are_not_found_in_64_bit_code,
		fs_and_gs_bases_need_their_prefix,
		ordinary_instructions_are_not_found,
		instructions_that_never_fault_are_not_found,
		no_byte_is_read_past_the_last,
		all_bytes_give_none_or_a_number_with_a_name,
		numbers_out_of_range_have_no_name,
	};

	return unit_run("privileged", tests, COUNT(tests));
}
