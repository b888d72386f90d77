/* The host's side of calls.h. */
#include <jumpslot/provider.h>
#include <stdarg.h>
#include <stdbool.h>
#include "calls.h"

CALLS(PROVIDE)
UNCOPIED_CALLS(PROVIDE_UNCOPIED)
VARIADIC_CALLS(PROVIDE)

int call_nothing(void)
{
	return 42;
}

void call_no_result(int *to)
{
	*to += 1;
}

const char *call_pointers(const char *text, const char **end)
{
	*end = text + 5;
	return text + 1;
}

bool call_bool(bool a, int b, bool c)
{
	return a && b && !c;
}

signed char call_char(signed char a, unsigned char b)
{
	return (signed char)(a - b);
}

unsigned char call_unsigned_char(signed char a, unsigned char b)
{
	return (unsigned char)(a + b);
}

short call_short(short a, unsigned short b)
{
	return (short)(a - b);
}

unsigned short call_unsigned_short(short a, unsigned short b)
{
	return (unsigned short)(a + b);
}

int call_narrow(int a, unsigned char b, int c, short d, int e, signed char f, int g,
		unsigned short h, bool i)
{
	return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i;
}

int64_t call_int64(int64_t a, int b, int64_t c)
{
	return a * b - c;
}

uint64_t call_uint64(int a, uint64_t b, uint64_t c)
{
	return b / (uint64_t)a ^ c;
}

int64_t call_eleven(int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, int64_t f,
		    int64_t g, int64_t h, int64_t i, int64_t j, int8_t k)
{
	return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i +
	       10 * j + 11 * k;
}

float call_float(float a, float b)
{
	return a / b;
}

double call_floats(double a, float b, long double c)
{
	return a + 10 * (double)b + 100 * (double)c;
}

long double call_long_double(long double a)
{
	return a / 3;
}

double call_mixed(int a, double b, int c, double d, int e, double f, int g, double h,
		  int i, double j, int k, double l, int m, double n, double o, double p)
{
	return a + b * 2 + c * 3 + d * 4 + e * 5 + f * 6 + g * 7 + h * 8 + i * 9 +
	       j * 10 + k * 11 + l * 12 + m * 13 + n * 14 + o * 15 + p * 16;
}

v2 call_v2(v2 a, v2 b)
{
	return a * b;
}

v4 call_v4(v4 a, v4 b)
{
	return a - b;
}

/* The compiler assumes alignment, so it must not see whose address this is. */
static bool aligned(const void *argument, uintptr_t alignment)
{
	uintptr_t address = (uintptr_t)argument;

	__asm__("" : "+r"(address));
	return address % alignment == 0;
}

/* The last arguments are on the stack. */
v2 call_v2_beyond(int a, v2 b, v2 c, v2 d, v2 e, v2 f, v2 g, v2 h, v2 i, v2 j, v2 k)
{
	if (!aligned(&j, 16) || !aligned(&k, 16))
		return (v2){ 0 };
	return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i +
	       10 * j + 11 * k;
}

v4 call_v4_beyond(int a, v4 b, v4 c, v4 d, v4 e, v4 f, v4 g, v4 h, v4 i, v4 j, v4 k)
{
	if (!aligned(&j, 32) || !aligned(&k, 32))
		return (v4){ 0 };
	return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i +
	       10 * j + 11 * k;
}

struct mixed_pair call_mixed_pair(struct mixed_pair a, int b)
{
	return (struct mixed_pair){ a.whole * b, a.real / b };
}

struct whole_pair call_whole_pair(struct whole_pair a, int b)
{
	return (struct whole_pair){ a.second * b, a.first + b };
}

struct real_pair call_real_pair(struct real_pair a, double b)
{
	return (struct real_pair){ a.second * b, a.first + b };
}

struct extended call_extended(struct extended a, int b)
{
	return (struct extended){ a.real / b };
}

/* Returns every byte of the argument, with `add` added to each. */
#define BYTES_FUNCTION(X, size)                                                          \
	struct bytes##size call_bytes##size(struct bytes##size a, int add)               \
	{                                                                                \
		for (int i = 0; i < size; i++)                                           \
			a.byte[i] = (uint8_t)(a.byte[i] + add);                          \
		return a;                                                                \
	}
SIZES(BYTES_FUNCTION, )
BYTES_FUNCTION(, 70000)

double call_variadic(int count, ...)
{
	double sum = 0;
	va_list arguments;

	va_start(arguments, count);
	for (int i = 0; i < count; i++)
		sum += va_arg(arguments, double) * (i + 1);
	va_end(arguments);
	return sum;
}

/* The next argument. `kind` is a letter of type strings (docs/abi.md). */
static double next_of_kind(char kind, va_list *arguments)
{
	switch (kind) {
	case 'i':
		return va_arg(*arguments, int);
	case 'l':
		return (double)va_arg(*arguments, int64_t);
	case 'd':
		return va_arg(*arguments, double);
	case 'D':
		return (double)va_arg(*arguments, long double);
	case 'p':
		return *va_arg(*arguments, const int *);
	default:
		return va_arg(*arguments, struct bytes40).byte[39];
	}
}

double call_variadic_kinds(const char *kinds, ...)
{
	double sum = 0;
	va_list arguments;

	va_start(arguments, kinds);
	for (int i = 0; kinds[i]; i++)
		sum += next_of_kind(kinds[i], &arguments) * (i + 1);
	va_end(arguments);
	return sum;
}
