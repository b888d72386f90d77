/*
 * Threads race for first calls while another replaces and resets functions. A call that
 * begins after a replacement is complete never reaches the replaced target, and no call
 * loses an argument or reaches a place that is not a target. The same checks catch a
 * naive resolver.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "resolver/resolver.h"
#include "resolver_stubs.h"
#include "unit.h"

#define CALLERS 3
#define ROUNDS	2000000
#define WINDOW	8  /* functions that all threads call at one time */
#define STAY	64 /* rounds until the next window */

static struct jumpslot_binding bindings[STUBS];
static struct jumpslot_resolver resolver = { .count = STUBS, .bindings = bindings };

/*
 * The generation of each function, which decides its target: the latest replacement that
 * has begun, and the latest that is complete.
 */
static _Atomic uint64_t begun[STUBS], complete[STUBS];
static _Atomic uint64_t window;
static atomic_bool stop;
static pthread_barrier_t start;

/* Counted by the callers. */
static atomic_ulong calls, outdated, lost_registers;

static uintptr_t target(uint64_t generation)
{
	return (uintptr_t)targets + TARGET_SIZE * (uintptr_t)(generation % TARGETS);
}

static void make_table(const void *entry)
{
	resolver.imports = (uintptr_t)stub_imports;
	for (uintptr_t i = 0; i < STUBS; i++)
		bindings[i] = (struct jumpslot_binding){
			.target = target(0),
			.slot = &stub_slots[i],
			.unbound = stub_slots[i],
		};
	jumpslot_resolver_set(&resolver);
	stub_resolver = entry;
}

/* xorshift64*; each thread has its own state. */
static uint64_t random_below(uint64_t *state, uint64_t limit)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (*state * 0x2545f4914f6cdd1du >> 11) % limit;
}

/* Calls a function: the target must be of a generation from before to after the call. */
static void call(uintptr_t index)
{
	uint64_t oldest = atomic_load(&complete[index]);
	int reached = call_stub(index);
	uint64_t newest = atomic_load(&begun[index]);
	uint64_t age = ((uint64_t)reached - oldest) % TARGETS;

	atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
	if (reached < 0)
		atomic_fetch_add(&lost_registers, 1);
	else if (age > newest - oldest)
		atomic_fetch_add(&outdated, 1);
}

static uintptr_t random_function(uint64_t *state)
{
	uint64_t first = atomic_load_explicit(&window, memory_order_relaxed);

	return (uintptr_t)((first + random_below(state, WINDOW)) % STUBS);
}

/* Calls all functions in order, together with the other threads, then random ones. */
static void *call_all(void *seed)
{
	uint64_t state = (uintptr_t)seed;

	pthread_barrier_wait(&start);
	for (uintptr_t i = 0; i < STUBS; i++)
		call(i);
	pthread_barrier_wait(&start);
	while (!atomic_load_explicit(&stop, memory_order_relaxed))
		call(random_function(&state));
	return NULL;
}

static void replace(uintptr_t index)
{
	uint64_t generation = atomic_load(&begun[index]) + 1;

	atomic_store(&begun[index], generation);
	jumpslot_resolver_replace(&resolver, index, target(generation));
	atomic_store(&complete[index], generation);
}

/* A reset makes the next call a first call. Runs until the callers had their share. */
static void replace_and_reset(unsigned long rounds)
{
	unsigned long share = calls + 2 * rounds;
	uint64_t state = 0x9e3779b97f4a7c15u;

	for (unsigned long i = 0; i < rounds || calls < share; i++) {
		uintptr_t index = random_function(&state);

		jumpslot_resolver_reset(&resolver, index);
		if (i % 2)
			replace(index);
		if (i % STAY == 0)
			atomic_fetch_add(&window, WINDOW);
	}
}

static void race(unsigned long rounds)
{
	pthread_t threads[CALLERS];

	pthread_barrier_init(&start, NULL, CALLERS + 1);
	for (uintptr_t i = 0; i < CALLERS; i++)
		ck_assert_int_eq(
			pthread_create(&threads[i], NULL, call_all, (void *)(i + 1)), 0);
	pthread_barrier_wait(&start);
	pthread_barrier_wait(&start);
	replace_and_reset(rounds);
	atomic_store(&stop, true);
	for (size_t i = 0; i < CALLERS; i++)
		pthread_join(threads[i], NULL);
}

START_TEST(no_call_reaches_a_target_that_was_replaced_before_the_call)
{
	make_table(jumpslot_resolver_entry);
	race(unit_rounds(ROUNDS));
	ck_assert_uint_eq(lost_registers, 0);
	ck_assert_uint_eq(outdated, 0);
}
END_TEST

/*
 * Binding without the protocol: reads the target and stores it. In between it waits until
 * the function has been replaced.
 */
static atomic_bool target_read, replaced;

__attribute__((__target__("general-regs-only"))) uintptr_t
naive_bind(const struct jumpslot_resolver *unused, uintptr_t entry)
{
	struct jumpslot_binding *binding =
		&bindings[(entry - resolver.imports) / JUMPSLOT_RESOLVER_STRIDE];
	uintptr_t read = __atomic_load_n(&binding->target, __ATOMIC_SEQ_CST);

	(void)unused;
	atomic_store(&target_read, true);
	while (!atomic_load(&replaced))
		sched_yield();
	__atomic_store_n(binding->slot, read, __ATOMIC_RELEASE);
	return read;
}

static void *call_first(void *argument)
{
	(void)argument;
	call(0);
	return NULL;
}

START_TEST(the_checks_catch_a_naive_resolver)
{
	pthread_t thread;

	make_table(naive_entry);
	ck_assert_int_eq(pthread_create(&thread, NULL, call_first, NULL), 0);
	while (!atomic_load(&target_read))
		sched_yield();
	replace(0);
	atomic_store(&replaced, true);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(outdated, 0); /* the call began before the replacement */
	call(0);
	ck_assert_uint_eq(outdated, 1);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		no_call_reaches_a_target_that_was_replaced_before_the_call,
		the_checks_catch_a_naive_resolver,
	};

	return unit_run("resolver: race", tests, COUNT(tests));
}
