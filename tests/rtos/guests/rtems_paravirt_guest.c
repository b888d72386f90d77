/*
 * The rules of RTEMS's five i386 hooks, one case for each rule. test_rtems_paravirt.py
 * selects by -include where they come from: RTEMS's declarations, our header, or both.
 */
#include "../../lib/interrupts_case.h"

#define IF   0x200u  /* RTEMS's EFLAGS_INTR_ENABLE */
#define ON   0x3202u /* a whole EFLAGS with it, RTEMS's CPU_EFLAGS_INTERRUPTS_ON */
#define OFF  0x3002u
#define MANY 8

static volatile unsigned delivered;

static void acknowledge(int vector, void *frame)
{
	(void)frame;
	EXPECT(i386_get_interrupt_level() == 1);
	EXPECT(i386_disable_interrupts() == 0);
	EXPECT(i386_get_interrupt_level() == 1);
	delivered++;
	EXPECT(_CPU_Virtual_Irq_ack(vector) == 0);
}

static int use_all(void)
{
	CHECK(_CPU_Virtual_Set_handler(acknowledge) == 0);
	for (int i = 0; i < MANY; i++)
		CHECK(_CPU_Virtual_Irq_request(SOFT + i) == 0);
	return 0;
}

static int raise_all(void)
{
	delivered = 0;
	for (int i = 0; i < MANY; i++)
		CHECK(_CPU_Virtual_Irq_raise(SOFT + i) == 0);
	return 0;
}

static int cookie_has_the_flag(void)
{
	CHECK((i386_disable_interrupts() & IF) == 0);
	_CPU_Virtual_Interrupts_open();
	CHECK((i386_disable_interrupts() & IF) != 0);
	CHECK((i386_disable_interrupts() & IF) == 0);
	return 0;
}

static int disabling_holds_back(void)
{
	CHECK(!use_all());
	_CPU_Virtual_Interrupts_open();
	i386_disable_interrupts();
	CHECK(_CPU_Virtual_Interrupts_get_level() == 1);
	CHECK(!raise_all());
	CHECK(delivered == 0);
	return 0;
}

static int the_flag_alone_counts(void)
{
	CHECK(!use_all() && !raise_all());
	i386_enable_interrupts(OFF);
	i386_enable_interrupts(~IF);
	CHECK(delivered == 0 && i386_get_interrupt_level() == 1);
	i386_enable_interrupts(ON);
	CHECK(delivered == MANY && i386_get_interrupt_level() == 0);
	i386_enable_interrupts(OFF);
	CHECK(i386_get_interrupt_level() == 1);
	i386_enable_interrupts(IF);
	CHECK(i386_get_interrupt_level() == 0);
	return 0;
}

static int pairs_restore(void)
{
	uint32_t cookies[MANY];

	CHECK(!use_all());
	_CPU_Virtual_Interrupts_open();
	for (int i = 0; i < MANY; i++)
		cookies[i] = i386_disable_interrupts();
	CHECK(!raise_all());
	for (int i = MANY; i-- > 0;) {
		CHECK(delivered == 0 && i386_get_interrupt_level() == 1);
		i386_enable_interrupts(cookies[i]);
	}
	CHECK(delivered == MANY && i386_get_interrupt_level() == 0);
	return 0;
}

static int flash_lets_in(void)
{
	CHECK(!use_all() && !raise_all());
	i386_flash_interrupts(OFF);
	CHECK(delivered == 0 && i386_get_interrupt_level() == 1);
	i386_flash_interrupts(IF);
	CHECK(delivered == MANY && i386_get_interrupt_level() == 1);
	CHECK(!raise_all());
	CHECK(delivered == 0);
	i386_flash_interrupts(ON);
	CHECK(delivered == MANY && i386_get_interrupt_level() == 1);
	return 0;
}

static int setting_the_level(void)
{
	static const uint32_t closed[] = { 1, 2, IF, UINT32_MAX };

	CHECK(!use_all());
	for (unsigned i = 0; i < sizeof(closed) / sizeof(*closed); i++) {
		i386_set_interrupt_level(closed[i]);
		CHECK(i386_get_interrupt_level() == 1);
		CHECK(!raise_all());
		CHECK(delivered == 0);
		i386_set_interrupt_level(0);
		CHECK(delivered == MANY && i386_get_interrupt_level() == 0);
	}
	return 0;
}

static int getting_the_level(void)
{
	CHECK(i386_get_interrupt_level() == 1);
	_CPU_Virtual_Interrupts_open();
	CHECK(i386_get_interrupt_level() == 0);
	_CPU_Virtual_Interrupts_enable(3);
	CHECK(i386_get_interrupt_level() == 1);
	return 0;
}

static const struct test_case cases[] = {
	{ "cookie", cookie_has_the_flag },   { "disable", disabling_holds_back },
	{ "enable", the_flag_alone_counts }, { "pairs", pairs_restore },
	{ "flash", flash_lets_in },	     { "set-level", setting_the_level },
	{ "get-level", getting_the_level },
};

JUMPSLOT_ENTRY(info)
{
	(void)info;
	return run_case(cases, sizeof(cases) / sizeof(*cases));
}
