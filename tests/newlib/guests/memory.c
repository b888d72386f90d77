/*
 * memcpy(), memmove() and memset() for every size to 300, every alignment to 16 and every
 * overlap to 80, and some large sizes with targets around the same place in a page,
 * against loops of bytes; and longjmp(). Prints the number of differences.
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 20000, SIZES = 300, MARGIN = 100, LARGE = 5000 };

static unsigned char memory[SIZE], expected[SIZE];
static int used = 1024;
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
	jumps();
	printf("%ld differences\n", differences);
}
