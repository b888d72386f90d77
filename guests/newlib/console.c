/*
 * Output to the console. A guest that takes interrupts writes by the virtual console:
 * that waits for a slow reader with interrupts enabled, if they were. newlib_write() is a
 * gated function, in which interrupts wait. Depends on newlib and the virtual board.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>

#include "console.h"
#include "newlib_calls.h"

/* newlib and the host have the same numbers for errors up to ERANGE. */
#define LAST_COMMON_ERROR 34

/* The part of the console that has each number: STDOUT_FILENO, STDERR_FILENO, or 0. */
static unsigned char output_of[NEWLIB_FILES] = {
	[STDOUT_FILENO] = STDOUT_FILENO,
	[STDERR_FILENO] = STDERR_FILENO,
};

void console_closed(int file)
{
	output_of[file] = 0;
}

void console_copied(int file, int copy)
{
	output_of[copy] = output_of[file];
}

/* A guest that took no vector into use has no interrupts that could wait. */
static bool takes_interrupts(void)
{
	return jumpslot_vcpu()->masked != UINT64_MAX;
}

bool console_takes(int file)
{
	return file >= 0 && file < NEWLIB_FILES && output_of[file] && takes_interrupts();
}

int console_write(int file, const void *bytes, size_t count)
{
	int result = output_of[file] == STDOUT_FILENO
			     ? _BSP_Virtual_Console_write(bytes, count)
			     : _BSP_Virtual_Console_error(bytes, count);

	if (result >= 0)
		return result;
	errno = result < -LAST_COMMON_ERROR ? EIO : -result;
	return -1;
}
