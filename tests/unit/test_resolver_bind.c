/* The resolver alone: which entries it binds and which it refuses. */
#define _GNU_SOURCE
#include <signal.h>
#include <unistd.h>

#include "resolver/resolver.h"
#include "resolver_stubs.h"
#include "unit.h"

#define MANY 100000

static struct jumpslot_binding bindings[MANY];
static uintptr_t slots[MANY];
static struct jumpslot_resolver resolver = { 0x400000, MANY, bindings };

static void make_table(void)
{
	for (uintptr_t i = 0; i < MANY; i++)
		bindings[i] = (struct jumpslot_binding){
			.target = 0x1000 + i,
			.slot = &slots[i],
			.unbound = 1,
		};
	jumpslot_resolver_set(&resolver);
}

static uintptr_t entry(uintptr_t index)
{
	return resolver.imports + JUMPSLOT_RESOLVER_STRIDE * index;
}

START_TEST(each_entry_binds_its_own_slot_and_returns_the_target)
{
	static const uintptr_t indices[] = { 0, 1, MANY / 2, MANY - 1 };

	make_table();
	for (size_t i = 0; i < COUNT(indices); i++) {
		ck_assert_uint_eq(jumpslot_resolver_bind(&resolver, entry(indices[i])),
				  0x1000 + indices[i]);
		ck_assert_uint_eq(slots[indices[i]], 0x1000 + indices[i]);
	}
	for (uintptr_t i = 0; i < MANY; i++)
		ck_assert_uint_eq(bindings[i].resolving, 0);
	ck_assert_uint_eq(slots[2], 0);
}
END_TEST

START_TEST(an_address_that_is_not_an_entry_binds_nothing)
{
	make_table();
	const uintptr_t wrong[] = { 0,
				    1,
				    UINTPTR_MAX,
				    entry(0) - 1,
				    entry(0) - 16,
				    entry(0) + 1,
				    entry(0) + 8,
				    entry(MANY),
				    entry(MANY) - 1,
				    entry(MANY) + 16,
				    entry(0) + UINTPTR_MAX / 2 + 1 };

	for (size_t i = 0; i < COUNT(wrong); i++)
		ck_assert_uint_eq(jumpslot_resolver_bind(&resolver, wrong[i]), 0);
	for (uintptr_t i = 0; i < MANY; i++)
		ck_assert_uint_eq(slots[i], 0);
}
END_TEST

START_TEST(an_entry_without_a_target_leaves_its_slot)
{
	make_table();
	bindings[3].target = 0;
	slots[3] = 7;
	ck_assert_uint_eq(jumpslot_resolver_bind(&resolver, entry(3)), 0);
	ck_assert_uint_eq(slots[3], 7);
	ck_assert_uint_eq(bindings[3].resolving, 0);
}
END_TEST

START_TEST(replace_revoke_and_reset_set_the_slot)
{
	make_table();
	jumpslot_resolver_replace(&resolver, 5, 0x2000);
	ck_assert_uint_eq(slots[5], 0x2000);
	jumpslot_resolver_reset(&resolver, 5);
	ck_assert_uint_eq(slots[5], 1);
	ck_assert_uint_eq(jumpslot_resolver_bind(&resolver, entry(5)), 0x2000);
	ck_assert_uint_eq(slots[5], 0x2000);
	jumpslot_resolver_replace(&resolver, 5, 0);
	ck_assert_uint_eq(slots[5], 1);
	ck_assert_uint_eq(jumpslot_resolver_bind(&resolver, entry(5)), 0);
}
END_TEST

/* Ends the test: it passes only for a SIGILL at jumpslot_resolver_fault. */
static void on_fault(int number, siginfo_t *info, void *context)
{
	(void)context;
	_exit(number == SIGILL && info->si_addr == (void *)jumpslot_resolver_fault ? 0
										   : 1);
}

static void expect_fault(void)
{
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };

	sigaction(SIGILL, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
	stub_resolver = jumpslot_resolver_entry;
}

START_TEST(a_call_without_a_target_stops_at_the_fault_address)
{
	make_table();
	resolver.imports = (uintptr_t)stub_imports;
	bindings[4].target = 0;
	expect_fault();
	call_stub(4);
	ck_abort_msg("the call did not stop");
}
END_TEST

START_TEST(a_call_by_a_wrong_entry_stops_at_the_fault_address)
{
	make_table();
	resolver.imports = (uintptr_t)stub_imports + 8;
	expect_fault();
	call_stub(4);
	ck_abort_msg("the call did not stop");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		each_entry_binds_its_own_slot_and_returns_the_target,
		an_address_that_is_not_an_entry_binds_nothing,
		an_entry_without_a_target_leaves_its_slot,
		replace_revoke_and_reset_set_the_slot,
		a_call_without_a_target_stops_at_the_fault_address,
		a_call_by_a_wrong_entry_stops_at_the_fault_address,
	};

	return unit_run("resolver: bind", tests, COUNT(tests));
}
