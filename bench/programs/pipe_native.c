/*
 * The peer of a message between partitions: writes as many bytes to a pipe and reads them
 * again, in one process. Argument: the bytes. Prints the ticks of each 16 rounds, in
 * hexadecimal.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "calls/call_all.h"

#define ROUNDS 16
#define LINES  8

static char bytes[8192];
static size_t size;
static int ends[2];

static int rounds(int value, long times)
{
	while (times-- && write(ends[1], bytes, size) > 0)
		value += read(ends[0], bytes, size) > 0;
	return value;
}

int main(int argc, char **argv)
{
	size = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
	if (!size || size > sizeof(bytes) || pipe(ends))
		return 1;
	for (int i = 0; i < LINES; i++)
		printf("%" PRIx64 "\n", ticks_of(rounds, ROUNDS));
	return 0;
}
