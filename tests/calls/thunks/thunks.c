/*
 * A program with thunks and no guest, for test_thunk_symbols.py. Its gate
 * (gate_<arch>.S) returns a function's stack_bytes, here its number.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "process/calls/thunk.h"
#include "process/calls/thunk_symbols.h"

typedef uintptr_t function(void);

static const char *const names[] = { "first_one", "second_one", "third" };
#define COUNT (sizeof(names) / sizeof(*names))

static struct thunk_area area = { .stride = THUNK_SIZE, .count = COUNT };

static const char *name_of(size_t i)
{
	return names[i];
}

static const char *one_of_many(size_t i)
{
	static char name[] = "function_000000";

	for (size_t digit = sizeof(name) - 2; digit > 8; digit--, i /= 10)
		name[digit] = (char)('0' + i % 10);
	return name;
}

static const char *huge_name(size_t i)
{
	static char name[64 << 20];

	(void)i;
	if (!name[0])
		memset(name, 'n', sizeof(name) - 1);
	return name;
}

/* Near the gate: thunks reach no further than THUNK_REACH. */
static void make_thunks(void)
{
	static struct gate_function functions[COUNT];
	uintptr_t hint = ((uintptr_t)jumpslot_gate & ~(uintptr_t)0xffff) - 0x4000000;
	uint8_t *at = mmap((void *)hint, 4096, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		abort();
	for (size_t i = 0; i < COUNT; i++) {
		functions[i].stack_bytes = (uint32_t)i;
		thunk_write(at + i * THUNK_SIZE, &functions[i]);
	}
	mprotect(at, 4096, PROT_READ | PROT_EXEC);
	area.start = (uintptr_t)at;
}

/* Breakpoints are set here. */
__attribute__((__noinline__)) static void registered(void)
{
	__asm__ volatile("");
}

__attribute__((__noinline__)) static void on_signal(int number)
{
	__asm__ volatile("" : : "r"(number));
}

__attribute__((__noinline__)) static uintptr_t call(uintptr_t number)
{
	volatile uintptr_t witness = 4000 + number;
	function *thunk = (function *)(area.start + number * THUNK_SIZE);
	uintptr_t result = thunk(); /* the call */

	return result + witness - 4000 - number;
}

static int call_all(void)
{
	int wrong = 0;

	signal(SIGUSR1, on_signal);
	for (uintptr_t i = 0; i < COUNT; i++)
		wrong |= call(i) != i; /* the outer call */
	return wrong;
}

/* Registers the area as if it had `count` thunks. */
static int register_many(size_t count, thunk_name *name, struct message *message)
{
	area.count = count;
	return thunk_symbols_register(&area, name, message);
}

static void limit(__rlimit_resource_t resource, rlim_t bytes)
{
	if (setrlimit(resource, &(struct rlimit){ bytes, bytes }))
		abort();
}

static int act(int argc, char **argv, struct message *message)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "many"))
		return register_many(strtoul(argv[2], NULL, 10), one_of_many, message);
	if (!strcmp(what, "huge"))
		return register_many(70, huge_name, message);
	if (!strcmp(what, "no-memory")) {
		limit(RLIMIT_AS, 0);
		return register_many(100000, one_of_many, message);
	}
	if (!strcmp(what, "full-disk")) {
		signal(SIGXFSZ, SIG_IGN);
		limit(RLIMIT_FSIZE, 8);
	}
	if (!strcmp(what, "full-disk") || !strcmp(what, "perf-map"))
		return thunk_symbols_write_perf_map(&area, name_of, message);
	return thunk_symbols_register(&area, name_of, message);
}

int main(int argc, char **argv)
{
	struct message message = { "" };
	int error;

	make_thunks();
	printf("%" PRIxPTR " %zx\n", area.start, area.stride);
	error = act(argc, argv, &message);
	if (error) {
		fprintf(stderr, "%s: %s\n", strerror(-error), message.text);
		return 1;
	}
	registered();
	area.count = COUNT;
	return call_all(); /* the outermost call */
}
