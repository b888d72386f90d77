/* The host's side of calls_conventions_i386.h. */
#include <jumpslot/provider.h>
#include "calls_conventions_i386.h"

/* gcc requires the convention in the definition too. */
#define FUNCTIONS(attribute, name)                                                       \
	CONVENTION(PROVIDE, name)                                                        \
	attribute int name##_none(void)                                                  \
	{                                                                                \
		return 42;                                                               \
	}                                                                                \
	attribute int name##_one(int a)                                                  \
	{                                                                                \
		return a * 2;                                                            \
	}                                                                                \
	attribute int name##_two(int a, int b)                                           \
	{                                                                                \
		return a + b * 10;                                                       \
	}                                                                                \
	attribute int name##_three(int a, int b, int c)                                  \
	{                                                                                \
		return a + b * 10 + c * 100;                                             \
	}                                                                                \
	attribute int name##_eight(int a, int b, int c, int d, int e, int f, int g,      \
				   int h)                                                \
	{                                                                                \
		return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h;        \
	}                                                                                \
	attribute void name##_store(int *to, int a, int b)                               \
	{                                                                                \
		*to = a - b;                                                             \
	}                                                                                \
	attribute int64_t name##_wide(int64_t a)                                         \
	{                                                                                \
		return a * 3;                                                            \
	}                                                                                \
	attribute uint64_t name##_wides(uint64_t a, int b, uint64_t c, int d)            \
	{                                                                                \
		return a * (unsigned)b - c * (unsigned)d;                                \
	}                                                                                \
	attribute double name##_real(double a)                                           \
	{                                                                                \
		return a / 4;                                                            \
	}                                                                                \
	attribute double name##_reals(int a, int b, int c, double d, float e,            \
				      long double f)                                     \
	{                                                                                \
		return a + 2 * b + 3 * c + 4 * d + 5 * (double)e + 6 * (double)f;        \
	}                                                                                \
	attribute int name##_takes(struct block a, int b, struct block c)                \
	{                                                                                \
		return a.words[0] + b * a.words[4] + c.words[0] * c.words[4];            \
	}                                                                                \
	attribute struct block name##_gives(int a)                                       \
	{                                                                                \
		return (struct block){ { a, 2 * a, 3 * a, 4 * a, 5 * a } };              \
	}                                                                                \
	attribute struct block name##_passes(struct block a, int b, int c, int d)        \
	{                                                                                \
		for (int i = 0; i < 5; i++)                                              \
			a.words[i] += b + 10 * c + 100 * d;                              \
		return a;                                                                \
	}

FUNCTIONS(, cdecl)
FUNCTIONS(__attribute__((__regparm__(3))), regparm3)
FUNCTIONS(__attribute__((__fastcall__)), fastcall)
FUNCTIONS(__attribute__((__stdcall__)), stdcall)
