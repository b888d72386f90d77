/*
 * The provider of gated_guest.c, which measures gated calls: the guest calls the same
 * functions gated and direct, in one process. bench_gated() is direct, so that no gated
 * function is running while the guest's loops call.
 */
#define _GNU_SOURCE
#include <jumpslot/provider.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "gated.h"
#include "pairs.h"

static long repetitions, times;

/* Options: REPETITIONS,TIMES. */
int jumpslot_provider_init(const char *options, char *message, size_t size)
{
	if (sscanf(options, "%ld,%ld", &repetitions, &times) == 2)
		return 0;
	snprintf(message, size, "options are REPETITIONS,TIMES");
	return -EINVAL;
}

/* The same code with two names: the first is gated, the second direct. */
#define TWINS(gated, direct, parameters, result)                                         \
	EF(gated)                                                                        \
	EF(direct)                                                                       \
	JUMPSLOT_DIRECT(direct)                                                          \
	int gated parameters                                                             \
	{                                                                                \
		return result;                                                           \
	}                                                                                \
	int direct parameters __attribute__((__alias__(#gated)));

TWINS(gated_none, direct_none, (void), 1)
TWINS(gated_int, direct_int, (int value), value + 1)
TWINS(gated_words, direct_words, (struct bench_words words), (int)words.word[5])
TWINS(gated_variadic, direct_variadic, (int value, ...), value + 1)
#define NAME(func) TWINS(func, peer_##func, (int value), value + 1)
#include "names.h"
#undef NAME

EF(blocking_int)
JUMPSLOT_BLOCKING(blocking_int)
int blocking_int(int value) __attribute__((__alias__("gated_int")));

/* No check of the pointer here: a provider checks it once, when it gets it. */
EF(call_back)
int call_back(bench_function *function)
{
	return jumpslot_guest_call(function, 1);
}

/* For comparison only: a guest function that calls the host would fail this way. */
EF(call_plainly)
int call_plainly(bench_function *function)
{
	return function(1);
}

static uint64_t nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Prints the time of the whole run by both clocks, which gives nanoseconds per tick. */
static void print_clocks(uint64_t start_ticks, uint64_t start_ns)
{
	uint64_t end_ticks = ticks();
	uint64_t end_ns = nanoseconds();

	printf("ns : ticks\t%" PRIu64 "\t%" PRIu64 "\n", end_ns - start_ns,
	       end_ticks - start_ticks);
}

/* Ways to another privilege or process, for comparison. */
static int system_calls(int value, long count)
{
	while (count--)
		value += (int)syscall(SYS_getppid) != 0;
	return value;
}

static void trapped(int number)
{
	(void)number;
}

static int traps(int value, long count)
{
	const struct sigaction action = { .sa_handler = trapped, .sa_flags = SA_ONSTACK };
	struct sigaction before;

	sigaction(SIGTRAP, &action, &before);
	while (count--)
		__asm__ volatile("int3");
	sigaction(SIGTRAP, &before, NULL);
	return value;
}

static int there[2], back[2];

static void echo(void)
{
	char byte;

	close(there[1]);
	while (read(there[0], &byte, 1) == 1 && write(back[1], &byte, 1) == 1)
		;
	_exit(0);
}

/* Starts a process that sends each byte back. */
static pid_t start_echo(void)
{
	pid_t process = pipe(there) || pipe(back) ? -1 : fork();

	if (!process)
		echo();
	return process;
}

static int round_trips(int value, long count)
{
	char byte = 0;

	while (count-- && write(there[1], &byte, 1) == 1 && read(back[0], &byte, 1) == 1)
		value++;
	return value;
}

/* `gated`: the guest's loop of a gated call with an argument. */
static void measure_others(call_all *gated)
{
	const struct bench_pair others[] = {
		{ "gated : getppid()", gated, system_calls, 16 },
		{ "gated : trap and signal", gated, traps, 64 },
		{ "gated : pipe to a process and back", gated, round_trips, 256 },
	};
	pid_t process = start_echo();

	if (process < 0)
		return;
	measure_pairs(others, 3, times, repetitions);
	close(there[1]);
	waitpid(process, NULL, 0);
}

EF(bench_gated)
JUMPSLOT_DIRECT(bench_gated)
void bench_gated(const struct bench_pair *pairs, size_t count)
{
	uint64_t start_ticks = ticks();
	uint64_t start_ns = nanoseconds();

	measure_pairs(pairs, count, times, repetitions);
	if (COUNTS_INSTRUCTIONS || !repetitions)
		return;
	measure_others(pairs[1].ours);
	measure_pairs(&equal_pair, 1, times, repetitions);
	print_clocks(start_ticks, start_ns);
	fflush(stdout);
}

EF(bench_pairs)
JUMPSLOT_DIRECT(bench_pairs)
void bench_pairs(const struct bench_pair *pairs, size_t count)
{
	measure_pairs(pairs, count, times, repetitions);
}
