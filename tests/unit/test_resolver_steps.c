/*
 * The first call in single steps: the number of instructions does not depend on the
 * import, and a replacement between any two of them takes effect.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <x86intrin.h>

#include "resolver/resolver.h"
#include "unit.h"

#define MANY	  100000
#define TRAP_FLAG 0x100ul

enum { UNBOUND = 1, OLD = 2, NEW = 3 };

static struct jumpslot_binding bindings[MANY];
static uintptr_t slots[MANY];
static struct jumpslot_resolver resolver = { 0x400000, MANY, bindings };

static void make_table(void (*on_step)(int))
{
	for (uintptr_t i = 0; i < MANY; i++) {
		bindings[i] = (struct jumpslot_binding){ OLD, &slots[i], UNBOUND, 0 };
		slots[i] = UNBOUND;
	}
	jumpslot_resolver_set(&resolver);
	signal(SIGTRAP, on_step);
}

/* Sets or clears the trap flag: while it is set, each instruction raises SIGTRAP. */
static void single_step(bool on)
{
	unsigned long flags = (unsigned long)__readeflags();

	__writeeflags(on ? flags | TRAP_FLAG : flags & ~TRAP_FLAG);
}

static volatile int steps;

/* Binds the slot of an entry in single steps. Not inlined: the same code for each entry.
 */
static __attribute__((__noinline__)) void bind_stepwise(uintptr_t entry)
{
	steps = 0;
	single_step(true);
	jumpslot_resolver_bind(&resolver, entry);
	single_step(false);
}

static void count_step(int number)
{
	(void)number;
	steps = steps + 1;
}

static int steps_to_bind(uintptr_t index)
{
	bind_stepwise(resolver.imports + JUMPSLOT_RESOLVER_STRIDE * index);
	ck_assert_uint_eq(slots[index], OLD);
	return steps;
}

START_TEST(a_first_call_has_the_same_number_of_instructions_for_every_import)
{
	int first;

	make_table(count_step);
	first = steps_to_bind(0);
	ck_assert_int_gt(first, 10);
	ck_assert_int_lt(first, 100);
	ck_assert_int_eq(steps_to_bind(MANY - 1), first);
	ck_assert_int_eq(steps_to_bind(MANY / 2), first);
}
END_TEST

/* The step at which the first binding's target is replaced. */
static int disturbed;
static atomic_bool begin, complete;

static void *replace_first(void *argument)
{
	(void)argument;
	while (!atomic_load(&begin))
		sched_yield();
	jumpslot_resolver_replace(&resolver, 0, NEW);
	atomic_store(&complete, true);
	return NULL;
}

/* Continues when the replacement is complete or waits for the binder. */
static void replace_at_step(int number)
{
	struct jumpslot_binding *first = &bindings[0];

	(void)number;
	steps = steps + 1;
	if (steps != disturbed)
		return;
	atomic_store(&begin, true);
	while (__atomic_load_n(&first->target, __ATOMIC_SEQ_CST) != NEW)
		sched_yield();
	while (!atomic_load(&complete) &&
	       !__atomic_load_n(&first->resolving, __ATOMIC_SEQ_CST))
		sched_yield();
}

START_TEST(a_replacement_between_any_two_instructions_of_a_first_call_takes_effect)
{
	for (disturbed = 1; disturbed == 1 || steps >= disturbed - 1; disturbed++) {
		pthread_t thread;

		make_table(replace_at_step);
		atomic_store(&begin, false);
		atomic_store(&complete, false);
		ck_assert_int_eq(pthread_create(&thread, NULL, replace_first, NULL), 0);
		bind_stepwise(resolver.imports);
		atomic_store(&begin, true);
		pthread_join(thread, NULL);
		ck_assert_msg(slots[0] == NEW,
			      "replaced at step %d of %d: the slot is %s (expected the "
			      "new target)",
			      disturbed, steps, slots[0] == OLD ? "outdated" : "unbound");
	}
	ck_assert_int_gt(disturbed, 10);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_first_call_has_the_same_number_of_instructions_for_every_import,
		a_replacement_between_any_two_instructions_of_a_first_call_takes_effect,
	};

	return unit_run("resolver: steps", tests, COUNT(tests));
}
