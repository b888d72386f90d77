/* The stack that host functions run on. See host_stack.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "common/page.h"
#include "gate.h"
#include "host_stack.h"
#include "runner/load.h"

/* Above the first record: a callback may copy arguments from beyond the outermost frame,
 * as their number is an upper bound. */
#define MARGIN ((size_t)1024)

static char *map(uint64_t bytes)
{
	char *at;

	if (bytes > SIZE_MAX - LOAD_GUARD - MARGIN - 2 * PAGE) {
		errno = ENOMEM;
		return MAP_FAILED;
	}
	at = mmap(NULL, (size_t)bytes + LOAD_GUARD + 2 * PAGE, PROT_NONE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (at == MAP_FAILED ||
	    mprotect(at + LOAD_GUARD, (size_t)bytes + PAGE, PROT_READ | PROT_WRITE))
		return MAP_FAILED;
	return at;
}

int host_stack_map(uint64_t bytes, struct message *message)
{
	char *at = map(bytes);
	uintptr_t high;

	if (at == MAP_FAILED)
		return fail(message, errno,
			    "no memory for a host's stack of %llu bytes: %s",
			    (unsigned long long)bytes, strerror(errno));
	gate.stack_low = (uintptr_t)at + LOAD_GUARD;
	high = gate.stack_low + (size_t)bytes + PAGE - MARGIN;
	gate.record = (struct gate_record *)high - 1;
	return 0;
}
