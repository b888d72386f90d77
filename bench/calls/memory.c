/*
 * Memory and string functions of a C library: prints the nanoseconds that a call takes,
 * in the fastest of many rounds. The same source is a guest on newlib and a native
 * program.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { CALLS = 1000, ROUNDS = 300, LARGEST = 4096 };

static char from[LARGEST + 1], to[LARGEST + 1];

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* The compiler may neither move a call out of its loop nor leave it out. */
#define MEASURE(name, size, call)                                                        \
	do {                                                                             \
		double best = 1e9;                                                       \
                                                                                         \
		memset(from, 'x', LARGEST);                                              \
		memset(to, 'x', LARGEST);                                                \
		from[size] = to[size] = 0;                                               \
		for (int round = 0; round < ROUNDS; round++) {                           \
			double start = now(), taken;                                     \
                                                                                         \
			for (int i = 0; i < CALLS; i++)                                  \
				__asm__ volatile("" : : "r"(call) : "memory");           \
			taken = (now() - start) / CALLS;                                 \
			best = taken < best ? taken : best;                              \
		}                                                                        \
		printf("%s\t%d\t%.3f\n", name, size, best);                              \
	} while (0)

int main(void)
{
	static const int sizes[] = { 16, LARGEST };

	for (unsigned i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		size_t size = (size_t)sizes[i];

		MEASURE("memcpy", sizes[i], memcpy(to, from, size));
		MEASURE("memset", sizes[i], memset(to, 'x', size));
		MEASURE("memcmp", sizes[i], memcmp(to, from, size));
		MEASURE("strlen", sizes[i], strlen(from));
		MEASURE("strcspn", sizes[i], strcspn(from, "y"));
	}
	return 0;
}
