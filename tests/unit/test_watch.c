/*
 * Watchpoints of the kvm host's gdb stub, on the debug registers of this processor: those
 * of a traced process take the place of a virtual processor's. No machine that is at hand
 * for the tests has a virtual processor with debug registers.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jumpslot/provider.h>

#include "kvm/gdb/watch.h"
#include "kvm/machine/machine.h"
#include "unit.h"

static pid_t child;

static void poke(unsigned index, uint64_t value)
{
	const size_t at = offsetof(struct user, u_debugreg) +
			  index * sizeof(((struct user *)0)->u_debugreg[0]);

	ck_assert_int_eq(ptrace(PTRACE_POKEUSER, child, at, value), 0);
}

void machine_watch(const struct machine_watches *watches)
{
	poke(7, 0);
	for (unsigned i = 0; i < MACHINE_WATCHES; i++)
		poke(i, watches->addresses[i]);
	poke(7, watches->control);
	poke(6, 0);
}

unsigned machine_take_watch_hits(void)
{
	const long hits =
		ptrace(PTRACE_PEEKUSER, child, offsetof(struct user, u_debugreg[6]), 0);

	poke(6, 0);
	return (unsigned)hits & 0xf;
}

int jumpslot_guest_range(const void *pointer, size_t length, int access)
{
	(void)length;
	(void)access;
	return pointer ? 0 : -EFAULT;
}

static volatile _Alignas(64) uint8_t bytes[64];

/* Writes to each byte except the first, and reads each, in turn; stops before each. */
static void __attribute__((__noreturn__)) access_all(void)
{
	ptrace(PTRACE_TRACEME, 0, 0, 0);
	for (size_t i = 1; i < sizeof(bytes); i++) {
		raise(SIGSTOP);
		bytes[i] = 1;
		raise(SIGSTOP);
		(void)bytes[i];
	}
	raise(SIGSTOP);
	_exit(0);
}

static int next_stop(void)
{
	int status;

	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return WIFSTOPPED(status) ? WSTOPSIG(status) : 0;
}

static void start(void)
{
	child = fork();
	if (!child)
		access_all();
	ck_assert_int_eq(next_stop(), SIGSTOP);
}

static void end(void)
{
	ck_assert_int_eq(kill(child, SIGKILL), 0);
	ck_assert_int_eq(next_stop(), 0);
}

/* Lets the child make one access. Returns the kind of watchpoint that it hit, or 0. */
static uint64_t take_access(uint64_t *address)
{
	uint64_t kind = 0;
	int stop;

	ck_assert_int_eq(ptrace(PTRACE_CONT, child, 0, 0), 0);
	for (stop = next_stop(); stop == SIGTRAP; stop = next_stop()) {
		ck_assert(watch_take_hit(&kind, address));
		ck_assert_int_eq(ptrace(PTRACE_CONT, child, 0, 0), 0);
	}
	return kind;
}

/* Whether exactly these accesses hit: those to the bytes from `from` on. */
static void expect_hits(uint64_t kind, unsigned from, unsigned count)
{
	for (unsigned i = 1; i < sizeof(bytes); i++)
		for (unsigned reads = 0; reads < 2; reads++) {
			const bool hits = i >= from && i < from + count &&
					  (!reads || kind == WATCH_ACCESS);
			uint64_t address = 0;

			ck_assert_uint_eq(take_access(&address), hits ? kind : 0);
			if (hits)
				ck_assert_uint_eq(address, (uintptr_t)bytes + from);
		}
}

static uint64_t at(unsigned index)
{
	return (uintptr_t)bytes + index;
}

START_TEST(a_write_to_the_range_stops_and_nothing_else)
{
	static const struct {
		unsigned from, count;
	} ranges[] = { { 8, 1 }, { 8, 2 }, { 8, 4 }, { 8, 8 },
		       { 9, 6 }, { 3, 7 }, { 8, 32 } };

	for (size_t i = 0; i < COUNT(ranges); i++) {
		start();
		ck_assert_int_eq(
			watch_set(WATCH_WRITE, at(ranges[i].from), ranges[i].count), 0);
		expect_hits(WATCH_WRITE, ranges[i].from, ranges[i].count);
		watch_clear_all();
		end();
	}
}
END_TEST

START_TEST(an_access_stops_at_reads_too)
{
	start();
	ck_assert_int_eq(watch_set(WATCH_ACCESS, at(20), 4), 0);
	expect_hits(WATCH_ACCESS, 20, 4);
	end();
}
END_TEST

START_TEST(a_watchpoint_that_was_cleared_does_not_stop)
{
	start();
	ck_assert_int_eq(watch_set(WATCH_WRITE, at(8), 8), 0);
	ck_assert_int_eq(watch_set(WATCH_WRITE, at(20), 1), 0);
	ck_assert_int_eq(watch_clear(WATCH_WRITE, at(8), 8), 0);
	expect_hits(WATCH_WRITE, 20, 1);
	end();
}
END_TEST

START_TEST(a_range_that_needs_more_registers_is_refused_and_takes_none)
{
	start();
	ck_assert_int_eq(watch_set(WATCH_WRITE, at(7), 33), -ENOSPC);
	ck_assert_int_eq(watch_set(WATCH_WRITE, at(8), 32), 0);
	ck_assert_int_eq(watch_set(WATCH_WRITE, at(40), 1), -ENOSPC);
	ck_assert_int_eq(watch_set(WATCH_WRITE, 0, 1), -EFAULT);
	ck_assert_int_eq(watch_set(WATCH_WRITE, at(8), 0), -EFAULT);
	expect_hits(WATCH_WRITE, 8, 32);
	end();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_write_to_the_range_stops_and_nothing_else,
		an_access_stops_at_reads_too,
		a_watchpoint_that_was_cleared_does_not_stop,
		a_range_that_needs_more_registers_is_refused_and_takes_none,
	};

	return unit_run("watch", tests, COUNT(tests));
}
