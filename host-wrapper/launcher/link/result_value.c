/* Numbers within the range of their type. See result_value.h. */
#include "result_value.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Bits of an integer; 0: not an integer. */
static unsigned bits_of(char letter)
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
	case 'p':
		return 64;
	default:
		return 0;
	}
}

static const char *read_signed(unsigned bits, const char *text, uint64_t *value)
{
	const int64_t most = INT64_MAX >> (64 - bits);
	char *end;
	long long number;

	errno = 0;
	number = strtoll(text, &end, 0);
	if (end == text || *end || errno || number > most || number < -most - 1)
		return "invalid value; expected a number within the result's type";
	*value = (uint64_t)number;
	return NULL;
}

static const char *read_unsigned(unsigned bits, const char *text, uint64_t *value)
{
	char *end;
	unsigned long long number;

	errno = 0;
	number = strtoull(text, &end, 0);
	if (end == text || *end || errno || strchr(text, '-') ||
	    number > UINT64_MAX >> (64 - bits))
		return "invalid value; expected a number from 0 within the result's type";
	*value = number;
	return NULL;
}

/* XMM0 holds a float or a double, x87 registers any of them as a long double. */
static const char *read_float(char letter, const char *text, bool in_x87,
			      uint64_t value[2])
{
	char *end;
	long double wide = strtold(text, &end);
	double number = (double)wide;
	float narrow = (float)wide;

	if (end == text || *end)
		return "invalid value; expected a floating-point number";
	if (in_x87 || letter == 'D')
		memcpy(value, &wide, 10);
	else if (letter == 'f')
		memcpy(value, &narrow, sizeof(narrow));
	else
		memcpy(value, &number, sizeof(number));
	return NULL;
}

const char *result_value_read(char letter, bool in_x87, const char *text,
			      uint64_t value[2])
{
	const unsigned bits = bits_of(letter);
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
