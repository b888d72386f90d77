/* The grammar of names and type strings, and types shown as C. */
#include <stdlib.h>
#include <string.h>

#include <jumpslot/external_abi.h>
#include "launcher/scan/abi_strings.h"
#include "unit.h"

/* `length` letters. */
static const char *letters(size_t length)
{
	static char text[JUMPSLOT_MAX_NAME + 2];

	memset(text, 'i', length);
	text[length] = 0;
	return text;
}

START_TEST(names_are_symbols)
{
	static const char *const valid[] = { "a",    "_",  ".L",
					     "$",    "f9", "_BSP_Virtual_read",
					     "a.b$c" };
	static const char *const wrong[] = { "",	"9", "9a",    "a b", "a-b", "a\n",
					     "\x1b[2J", "é", "a\x80", "a/b", "a\"" };

	for (size_t i = 0; i < COUNT(valid); i++)
		ck_assert_msg(symbol_name_valid(valid[i]), "%s", valid[i]);
	for (size_t i = 0; i < COUNT(wrong); i++)
		ck_assert_msg(!symbol_name_valid(wrong[i]), "%s", wrong[i]);
}
END_TEST

START_TEST(names_have_at_most_1023_bytes)
{
	ck_assert(symbol_name_valid(letters(JUMPSLOT_MAX_NAME)));
	ck_assert(!symbol_name_valid(letters(JUMPSLOT_MAX_NAME + 1)));
}
END_TEST

START_TEST(types_are_a_result_and_parameters)
{
	static const char *const valid[] = {
		"v",	 "i",  "vbhil", "vctum",     "pBfdDqQ", "vV16",	       "S24.8i",
		"vS1.1", "v.", "ii.",	"V32V16V64", "S0.1",	"vS999999.32",
	};
	static const char *const wrong[] = {
		"",	 ".",	 "x",	 "vx",	     "iv", "vv",  "v..",   "v.i",
		"V",	 "V0x",	 "vV",	 "S",	     "S8", "S8.", "S.8",   "S08.8",
		"S8.08", "S8,8", "V016", "V1234567", "i ", "i\n", "i\x80", "S1234567.8",
	};

	for (size_t i = 0; i < COUNT(valid); i++)
		ck_assert_msg(type_string_valid(valid[i]), "%s", valid[i]);
	for (size_t i = 0; i < COUNT(wrong); i++)
		ck_assert_msg(!type_string_valid(wrong[i]), "%s", wrong[i]);
}
END_TEST

START_TEST(a_structs_alignment_is_a_power_of_two)
{
	static const char *const wrong[] = { "vS16.0", "vS16.3", "S16.12i",
					     "vS1.999999" };

	ck_assert(type_string_valid("vS16.524288"));
	for (size_t i = 0; i < COUNT(wrong); i++)
		ck_assert_msg(!type_string_valid(wrong[i]), "%s", wrong[i]);
}
END_TEST

START_TEST(type_and_flags_agree_on_variadic)
{
	ck_assert(type_string_fits("ip.", JUMPSLOT_VARIADIC | JUMPSLOT_OPTIONAL));
	ck_assert(type_string_fits("ip", JUMPSLOT_FASTCALL));
	ck_assert(!type_string_fits("ip.", JUMPSLOT_OPTIONAL));
	ck_assert(!type_string_fits("v", JUMPSLOT_VARIADIC));
}
END_TEST

START_TEST(types_have_at_most_1023_bytes)
{
	ck_assert(type_string_valid(letters(JUMPSLOT_MAX_NAME)));
	ck_assert(!type_string_valid(letters(JUMPSLOT_MAX_NAME + 1)));
}
END_TEST

START_TEST(types_are_shown_as_c)
{
	static const char *const shown[][2] = {
		{ "v", "void f(void)" },
		{ "p", "void *f(void)" },
		{ "ii", "int32_t f(int32_t)" },
		{ "v.", "void f(...)" },
		{ "ip.", "int32_t f(void *, ...)" },
		{ "vbhilctum", "void f(int8_t, int16_t, int32_t, int64_t, uint8_t, "
			       "uint16_t, uint32_t, uint64_t)" },
		{ "vBpfdDqQ",
		  "void f(bool, void *, float, double, long double, __int128, "
		  "unsigned __int128)" },
		{ "S24.8V16", "struct(24) f(vector(16))" },
		{ NULL, "?" },
	};

	for (size_t i = 0; i < COUNT(shown); i++) {
		char text[256];

		type_string_to_c(shown[i][0], "f", text, sizeof(text));
		ck_assert_str_eq(text, shown[i][1]);
	}
}
END_TEST

START_TEST(what_is_shown_is_cut_where_it_does_not_fit)
{
	static const char whole[] = "struct(24) f(void *, vector(16), int32_t, ...)";

	for (size_t size = 1; size <= sizeof(whole); size++) {
		char text[sizeof(whole) + 1];

		memset(text, '#', sizeof(text));
		type_string_to_c("S24.8pV16i.", "f", text, size);
		ck_assert_uint_eq(strlen(text), size - 1);
		ck_assert_int_eq(strncmp(text, whole, size - 1), 0);
		ck_assert_int_eq(text[size], '#');
	}
}
END_TEST

static void check_taken(struct last_type *last, const char *type, size_t room)
{
	char copy[24] = "";
	const char *taken;

	strcpy(copy, type);
	taken = type_string_take(last, copy, room > strlen(type) ? room : sizeof(copy));
	ck_assert_int_eq(taken != NULL, type_string_valid(type));
	if (!taken)
		return;
	ck_assert_str_eq(taken, type);
	ck_assert_int_eq(last->variadic, type[strlen(type) - 1] == '.');
	/* The copy ends with this function. */
	if (taken == copy)
		last->type = type;
}

START_TEST(a_type_is_judged_alike_after_every_other)
{
	static const char *const types[] = { "ii",	"ii.",	   "x",	      "",
					     "i",	"v",	   "iv",      "S24.8i",
					     "v..",	"vV16",	   "iiiiiii", "iiiiiiii",
					     "iiiiii.", "iiiiiii." };

	for (size_t i = 0; i < COUNT(types); i++)
		for (size_t j = 0; j < COUNT(types); j++)
			for (size_t room = 0; room < 20; room++) {
				struct last_type last = { 0 };

				check_taken(&last, types[i], room);
				check_taken(&last, types[j], room);
				check_taken(&last, types[j], room);
			}
}
END_TEST

/* The bytes after the string do not matter. */
START_TEST(equal_types_that_follow_each_other_become_one)
{
	static const char one[16] = "ii\0bc.efgh", other[16] = "ii\0.....";
	static const char longer[] = "iii\0....", many[] = "iiiiiiiiii",
			  same[] = "iiiiiiiiii";
	struct last_type last = { 0 };

	ck_assert_ptr_eq(type_string_take(&last, one, sizeof(one)), one);
	ck_assert_ptr_eq(type_string_take(&last, other, sizeof(other)), one);
	ck_assert_ptr_eq(type_string_take(&last, other, 3), one);
	ck_assert_ptr_eq(type_string_take(&last, longer, sizeof(longer)), longer);
	ck_assert_ptr_eq(type_string_take(&last, many, sizeof(many)), many);
	ck_assert_ptr_eq(type_string_take(&last, same, sizeof(same)), many);
}
END_TEST

/* At each place of a block, and of the blocks after it. */
START_TEST(a_byte_that_is_no_symbols_is_found_wherever_it_is)
{
	for (unsigned byte = 1; byte <= UINT8_MAX; byte++)
		for (size_t at = 0; at < 40; at++) {
			const bool valid = (byte >= 'a' && byte <= 'z') ||
					   (byte >= 'A' && byte <= 'Z') ||
					   (byte >= '0' && byte <= '9' && at) ||
					   byte == '_' || byte == '.' || byte == '$';
			char name[41];

			memset(name, 'x', 40);
			name[40] = 0;
			name[at] = (char)byte;
			for (size_t room = 41 - 24; room <= sizeof(name); room++)
				ck_assert_uint_eq(symbol_name_length(name, room),
						  valid ? 40 : 0);
			ck_assert_uint_eq(symbol_name_length(name, 0), valid ? 40 : 0);
		}
}
END_TEST

/* memcheck and AddressSanitizer see a read past the end. */
START_TEST(a_name_is_read_up_to_its_end_alone)
{
	for (size_t length = 1; length < 40; length++) {
		char *name = malloc(length + 1);

		ck_assert_ptr_nonnull(name);
		memset(name, 'a', length);
		name[length] = 0;
		ck_assert_uint_eq(symbol_name_length(name, length + 1), length);
		free(name);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		names_are_symbols,
		names_have_at_most_1023_bytes,
		types_are_a_result_and_parameters,
		a_structs_alignment_is_a_power_of_two,
		type_and_flags_agree_on_variadic,
		types_have_at_most_1023_bytes,
		types_are_shown_as_c,
		what_is_shown_is_cut_where_it_does_not_fit,
		a_type_is_judged_alike_after_every_other,
		equal_types_that_follow_each_other_become_one,
		a_byte_that_is_no_symbols_is_found_wherever_it_is,
		a_name_is_read_up_to_its_end_alone,
	};

	return unit_run("abi strings", tests, COUNT(tests));
}
