/*
 * memcpy(), memmove() and memset() for every size to 300, every alignment to 16 and every
 * overlap to 80, and some large sizes with targets around the same place in a page,
 * against loops of bytes; functions that compare and search, at every alignment and at
 * the end of the guest's memory; and longjmp(). Prints the number of differences.
 */
#include <jumpslot/newlib.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Else the compiler makes calls of the functions under test from the loops. */
#pragma GCC optimize("no-tree-loop-distribute-patterns")

enum { SIZE = 20000, SIZES = 300, MARGIN = 100, LARGE = 5000 };

static unsigned char memory[SIZE], expected[SIZE];
static int used = 1024;
static volatile size_t endless = SIZE_MAX;
static volatile int zero;
static long differences;

static void fill(void)
{
	for (int i = 0; i < used; i++)
		expected[i] = memory[i] = (unsigned char)(i * 7 + i / 256);
}

static void compare(int same)
{
	for (int i = 0; i < used; i++)
		same = same && memory[i] == expected[i];
	differences += !same;
}

static void move(size_t to, size_t from, size_t size)
{
	static unsigned char copy[LARGE + 1];

	fill();
	for (size_t i = 0; i < size; i++)
		copy[i] = expected[from + i];
	for (size_t i = 0; i < size; i++)
		expected[to + i] = copy[i];
	compare(memmove(memory + to, memory + from, size) == memory + to);
	if (to + size > from && from + size > to)
		return;
	fill();
	for (size_t i = 0; i < size; i++)
		expected[to + i] = copy[i];
	compare(memcpy(memory + to, memory + from, size) == memory + to);
}

static void set(size_t to, size_t size)
{
	fill();
	for (size_t i = 0; i < size; i++)
		expected[to + i] = (unsigned char)(size + 100);
	compare(memset(memory + to, (int)size + 100, size) == memory + to);
}

static void large(void)
{
	static const size_t sizes[] = { 1023, 1024, 1039, 2047, 2048, 4096, 4999, LARGE };
	static const int distances[] = {
		-4999, -4096, -1024, -17, -1,	0,    1,    8,
		16,    31,    255,   256, 1024, 4096, 4099, 5001
	};

	used = SIZE;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		for (size_t j = 0; j < sizeof(distances) / sizeof(*distances); j++)
			move((size_t)(5000 + distances[j]), 5000 + i, sizes[i]);
		set(i, sizes[i]);
	}
}

static int sign(int value)
{
	return (value > 0) - (value < 0);
}

static void expect(int holds)
{
	differences += !holds;
}

/* Bytes that differ at `at` and, the other way round, after it. */
static void compare_at(unsigned char *a, unsigned char *b, size_t size, size_t at)
{
	memset(a, 'x', size + 1);
	memset(b, 'x', size + 1);
	a[size] = 1; /* not to be compared */
	expect(memcmp(a, b, size) == 0);
	if (at >= size)
		return;
	a[at] = 0x80;
	b[at] = 0x7f;
	b[size - 1] = at < size - 1 ? 0xff : 0x7f;
	expect(sign(memcmp(a, b, size)) == 1);
	expect(sign(memcmp(b, a, size)) == -1);
}

/* A string of `size` bytes with `byte` at `at`, and the same byte before and after it. */
static void search_at(unsigned char *text, size_t size, size_t at, char byte)
{
	char *string = (char *)text, *found = string + at;

	memset(string, 'x', size);
	string[size] = 0;
	string[-1] = byte;
	expect(strlen(string) == size);
	expect(!strchr(string, byte) && strchr(string, zero) == string + size);
	expect(!memchr(string, byte, size) &&
	       memchr(string, 0, endless) == string + size);
	expect(strcspn(string, (char[]){ byte, 0 }) == size &&
	       strcspn(string, "") == size);
	expect(strcspn(string, "wyz!") == size);
	expect(strspn(string, "x") == size && strspn(string, "") == 0);
	if (at >= size)
		return;
	*found = byte;
	string[size - 1] = byte;
	expect(strlen(string) == size);
	expect(strchr(string, byte) == found && memchr(string, byte, size) == found);
	expect(memchr(string, byte, at) == NULL);
	expect(memchr(string, byte, endless) == found);
	expect(strcspn(string, (char[]){ byte, 0 }) == at);
	expect(strcspn(string, (char[]){ 'y', byte, 0 }) == at);
	expect(strcspn(string, (char[]){ 'y', 'z', byte, '!', 0 }) == at);
	expect(strspn(string, "yx") == at);
	expect(strspn(string, (char[]){ byte, 'x', 0 }) == size);
}

/* At the start of `memory`, and where the guest's memory ends. */
static void searches(void)
{
	const struct jumpslot_start_info *info = jumpslot_start_info();
	unsigned char *end =
		(unsigned char *)(uintptr_t)(info->work_area_base + info->work_area_size);

	for (size_t size = 0; size <= 70; size++)
		for (size_t at = 0; at <= size; at++)
			for (size_t to = 0; to < 16; to++) {
				unsigned char *a = memory + MARGIN + to;

				compare_at(a, memory + 600 + size % 16, size, at);
				compare_at(a, end - size - 1, size, at);
				search_at(a, size, at, '\x80');
				search_at(end - size - 1, size, at, '\xff');
			}
}

static void jumps(void)
{
	static const int values[][2] = { { 0, 1 }, { 1, 1 }, { 7, 7 }, { -1, -1 } };
	static volatile int i;
	static jmp_buf place;

	for (i = 0; i < 4; i++) {
		int result = setjmp(place);

		if (!result)
			longjmp(place, values[i][0]);
		differences += result != values[i][1];
	}
}

int main(void)
{
	for (size_t size = 0; size <= SIZES; size++) {
		for (int distance = -80; distance <= 80; distance++)
			move((size_t)(MARGIN + distance), MARGIN, size);
		for (size_t to = 0; to < 16; to++) {
			move(600 + to, MARGIN + size % 16, size);
			set(MARGIN + to, size);
		}
	}
	large();
	searches();
	jumps();
	printf("%ld differences\n", differences);
}
