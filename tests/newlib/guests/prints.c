/*
 * Prints by printf() what newlib prints only if it is built for it: the test compares
 * each byte with glibc's. Depends on a C library.
 */
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static uint64_t state = 88172645463325252;

static uint64_t random_bits(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void doubles(void)
{
	for (int i = 0; i < 2000; i++) {
		uint64_t bits = random_bits();
		double number;

		memcpy(&number, &bits, sizeof(number));
		if (isfinite(number))
			printf("%.17g %.14g %.3e %g %.20e\n", number, number, number,
			       (double)(int64_t)bits / 1e6, number);
	}
}

static void long_doubles(void)
{
	static const long double numbers[] = {
		0.0L,	     -0.0L,	 1.1L,	      1e4000L,	 1e-4940L,  1.0L / 3,
		0.1L,	     1e30L,	 123456.789L, INFINITY,	 -INFINITY, 2.5L,
		0x1p-16445L, 0x1p16383L, 1e-5L,	      9.9999e5L, 999999.5L,
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		printf("%Lg %.20Le %.21Lg|%30.3Le|%-30Lg\n", numbers[i], numbers[i],
		       numbers[i], numbers[i], numbers[i]);
		if (numbers[i] < 1e40L || isinf(numbers[i]))
			printf("%Lf %+.0Lf %.15Lf\n", numbers[i], numbers[i], numbers[i]);
	}
	for (int i = 0; i < 2000; i++) {
		long double number = (long double)random_bits();

		for (unsigned steps = random_bits() % 200; steps; steps--)
			number *= i % 2 ? 0x1p20L : 0x1p-20L;
		printf("%.18Le %.21Lg %Lg\n", number, number, number);
	}
}

static void read_long_doubles(void)
{
	long double number = 0;
	char text[] = "3.14159265358979323846 rest", *end;

	sscanf(text, "%Lf", &number);
	printf("%.20Lg\n", number);
	number = strtold(text, &end);
	printf("%.20Lg%s\n", number, end);
	printf("%.20Lg\n", strtold("0x1.8p-3", NULL));
}

static void wide(void)
{
	char bytes[16];
	wchar_t back[4];

	printf("[%ls] [%5.2ls] %lc\n", L"abc", L"xyz", (wint_t)L'!');
	printf("%s\n", setlocale(LC_ALL, "") ? "locale" : "no locale");
	printf("[%ls] %lc [%.5ls] [%10ls]\n", L"\u00e4\u20ac\U0001F600", (wint_t)0x20ac,
	       L"\u20ac\u20ac", L"\u00e4");
	printf("%zu\n", wcstombs(bytes, L"\u20ac", sizeof(bytes)));
	printf("%zu\n", mbstowcs(back, "\xc3\xa4x", 4));
	printf("%x %x %zu\n", (unsigned)back[0], (unsigned)back[1],
	       mbstowcs(NULL, "\xff", 0));
}

int main(void)
{
	doubles();
	long_doubles();
	read_long_doubles();
	wide();
	return 0;
}
