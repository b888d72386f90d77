/* Maps the host's stack. See host_stack.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "common/page.h"
#include "host_stack.h"
#include "runner/load.h"

/* For the loop itself, beside what host functions may use. */
#define LOOP_BYTES ((size_t)16 << 10)

static uintptr_t low;

uintptr_t host_stack_map(uint64_t bytes, struct message *message)
{
	char *at = MAP_FAILED;
	size_t size;

	errno = ENOMEM;
	size = (size_t)bytes + LOOP_BYTES;
	if (bytes <= SIZE_MAX - LOOP_BYTES - LOAD_GUARD)
		at = mmap(NULL, size + LOAD_GUARD, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (at == MAP_FAILED || mprotect(at + LOAD_GUARD, size, PROT_READ | PROT_WRITE)) {
		fail(message, errno, "no memory for a host's stack of %llu bytes: %s",
		     (unsigned long long)bytes, strerror(errno));
		return 0;
	}
	low = (uintptr_t)at + LOAD_GUARD;
	return low + size;
}

bool host_stack_guards(uintptr_t address)
{
	return low && address < low && low - address <= LOAD_GUARD;
}
