/*
 * memcpy(), memmove() and memset() for every size to 300, every alignment to 16 and every
 * overlap to 80, against loops of bytes; and longjmp(). Prints the number of differences.
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 1024, SIZES = 300, MARGIN = 100 };

static unsigned char memory[SIZE], expected[SIZE];
static long differences;

static void fill(void)
{
	for (int i = 0; i < SIZE; i++)
		expected[i] = memory[i] = (unsigned char)(i * 7 + i / 256);
}

static void compare(int same)
{
	for (int i = 0; i < SIZE; i++)
		same = same && memory[i] == expected[i];
	differences += !same;
}

static void move(size_t to, size_t from, size_t size)
{
	unsigned char copy[SIZES + 4200];

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
			fill();
			for (size_t i = 0; i < size; i++)
				expected[MARGIN + to + i] = (unsigned char)(size + 100);
			compare(memset(memory + MARGIN + to, (int)size + 100, size) ==
				memory + MARGIN + to);
		}
	}
	jumps();
	printf("%ld differences\n", differences);
}
