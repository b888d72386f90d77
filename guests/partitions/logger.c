/* A logger that never waits: it computes a checksum until its time is over, and so uses
 * each of its slots to the end. */
#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>
#include "print.h"

#define ROUNDS 2000000
#define LINES  4

JUMPSLOT_ENTRY(info)
{
	uint32_t sum = 1;

	(void)info;
	for (int line = 0; line < LINES; line++) {
		for (int i = 0; i < ROUNDS; i++)
			sum = sum * 1664525 + 1013904223;
		print_number("checksum", sum);
	}
	return 0;
}
