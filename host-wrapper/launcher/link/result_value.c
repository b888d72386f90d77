/* Numbers within the range of their type. See result_value.h. */
#include "result_value.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Bits of an integer; 0: not an integer. */
static unsigned bits_of(char letter, unsigned word)
{
	switch (letter) {
	case 'B':
		return 1;
	case 'b':
	case 'c':
		return 8;
	case 'h':
	case 't':
		return 16;
	case 'i':
	case 'u':
		return 32;
	case 'l':
	case 'm':
	case 'q':
	case 'Q':
		return 64;
	case 'p':
		return 8 * word;
	default:
		return 0;
	}
}

/* Whether a digit is first, after one sign at most: strtoll() would skip spaces. */
static bool is_number(const char *text)
{
	text += *text == '-' || *text == '+';
	return *text >= '0' && *text <= '9';
}

/* A 0 in front is not for octal numbers here. */
static int base_of(const char *text)
{
	text += *text == '-' || *text == '+';
	return text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? 16 : 10;
}

static const char *read_signed(unsigned bits, const char *text, uint64_t *value)
{
	const int64_t most = INT64_MAX >> (64 - bits);
	char *end;
	long long number;

	errno = 0;
	number = strtoll(text, &end, base_of(text));
	if (!is_number(text) || *end || errno || number > most || number < -most - 1)
		return "invalid value; expected a number within the result's type";
	*value = (uint64_t)number;
	return NULL;
}

static const char *read_unsigned(unsigned bits, const char *text, uint64_t *value)
{
	char *end;
	unsigned long long number;

	errno = 0;
	number = strtoull(text, &end, base_of(text));
	if (!is_number(text) || *text == '-' || *end || errno ||
	    number > UINT64_MAX >> (64 - bits))
		return "invalid value; expected a number from 0 within the result's type";
	*value = number;
	return NULL;
}

/* Reads a number of the type. Returns its end; errno is ERANGE if it does not fit. */
static char *read_number(char letter, const char *text, long double *number)
{
	char *end;

	errno = 0;
	if (letter == 'f')
		*number = strtof(text, &end);
	else if (letter == 'd')
		*number = strtod(text, &end);
	else
		*number = strtold(text, &end);
	return end;
}

/* XMM0 holds a float or a double, x87 registers any of them as a long double. */
static const char *read_float(char letter, const char *text, bool in_x87,
			      uint64_t value[2])
{
	long double wide;
	char *end = read_number(letter, text, &wide);
	const double number = (double)wide;
	const float single = (float)wide;

	if (end == text || *end || strchr(" \t\n\v\f\r", *text))
		return "invalid value; expected a floating-point number";
	/* Infinite, or 0; subnormal numbers have ERANGE too. */
	if (errno && (wide > 1 || wide < -1 || wide == 0))
		return "invalid value; expected a number within the result's type";
	if (in_x87 || letter == 'D')
		memcpy(value, &wide, 10);
	else if (letter == 'f')
		memcpy(value, &single, sizeof(single));
	else
		memcpy(value, &number, sizeof(number));
	return NULL;
}

const char *result_value_read(char letter, bool in_x87, unsigned word, const char *text,
			      uint64_t value[2])
{
	const unsigned bits = bits_of(letter, word);
	const char *wrong;

	value[0] = value[1] = 0;
	if (letter == 'v')
		return text ? "the function returns nothing; expected fail alone" : NULL;
	if (letter == '?')
		return "the function's type is not known; fail needs it";
	if (letter == 'S' || letter == 'V')
		return "the function returns a structure or a vector; fail cannot make "
		       "it";
	if (!text || !*text)
		return "missing value; expected fail:VALUE";
	if (letter == 'f' || letter == 'd' || letter == 'D')
		return read_float(letter, text, in_x87, value);
	if (!bits)
		return "the function's type is not known; fail needs it";
	if (!strchr("bhilq", letter))
		return read_unsigned(bits, text, &value[0]);
	wrong = read_signed(bits, text, &value[0]);
	value[1] = value[0] >> 63 ? UINT64_MAX : 0;
	return wrong;
}
