/*
 * Windows of code: one for everything that an interrupt may hit. The arguments name the
 * windows to run; without any, all run. The driver in step/ prints errors.
 */
#include <stddef.h>
#include <jumpslot/arguments.h>
#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>
#include "step.h"
#include "step_rounds.h"

enum { EAGAIN = 11 };

extern int step_flat(void);

/* Unbinds a function: restores its slot's first contents. Without the linker script
 * externals.ld the guest may write to its slots. */
#define UNBIND(func)                                                                     \
	extern const void *volatile slot_of_##func __asm__("jumpslot.slot." #func);      \
	extern const char bind_of_##func[] __asm__("jumpslot.bind." #func);              \
	static void unbind_##func(void)                                                  \
	{                                                                                \
		slot_of_##func = bind_of_##func;                                         \
	}
UNBIND(step_copied)
UNBIND(step_variadic)
UNBIND(step_direct)
UNBIND(step_back)
UNBIND(jumpslot_interrupts_deliver)

/* At level 1. Returns whether the first interrupt is pending. */
static int be_critical(void)
{
	int waits;

	critical = 1;
	waits = __jumpslot_vcpu.pending != 0;
	critical = 0;
	return waits;
}

/* Checks that pending interrupts have been delivered since. */
static int has_come(int waited)
{
	return !waited || delivered;
}

static int disable_and_enable(void)
{
	uint32_t previous = _CPU_Virtual_Interrupts_disable();
	int waited = be_critical();

	_CPU_Virtual_Interrupts_enable(previous);
	return !previous && has_come(waited);
}

static int disable_twice(void)
{
	uint32_t outer = _CPU_Virtual_Interrupts_disable();
	uint32_t inner = _CPU_Virtual_Interrupts_disable();
	int waited;

	_CPU_Virtual_Interrupts_enable(inner);
	waited = be_critical();
	_CPU_Virtual_Interrupts_enable(outer);
	return !outer && inner && has_come(waited);
}

static int flash(void)
{
	uint32_t previous = _CPU_Virtual_Interrupts_disable();
	int waited = be_critical(), came;

	_CPU_Virtual_Interrupts_flash(previous);
	came = has_come(waited) && _CPU_Virtual_Interrupts_get_level() == 1;
	be_critical();
	_CPU_Virtual_Interrupts_enable(previous);
	return came;
}

static int close_and_open(void)
{
	int waited;

	_CPU_Virtual_Interrupts_close();
	waited = be_critical();
	_CPU_Virtual_Interrupts_open();
	return has_come(waited);
}

static int deliver_own(void)
{
	_CPU_Virtual_Interrupts_close();
	_CPU_Virtual_Irq_raise(OWN_VECTOR);
	be_critical();
	_CPU_Virtual_Interrupts_open();
	return delivered;
}

static int raise_own(void)
{
	_CPU_Virtual_Irq_raise(OWN_VECTOR);
	return delivered;
}

static int unmask_own(void)
{
	_CPU_Virtual_Irq_mask(OWN_VECTOR);
	_CPU_Virtual_Irq_raise(OWN_VECTOR);
	_CPU_Virtual_Irq_unmask(OWN_VECTOR);
	return delivered;
}

/* An interrupt that is delivered earlier would not end the wait. */
static void close_before(void)
{
	_CPU_Virtual_Interrupts_close();
}

static int wait_for_event(void)
{
	int result;

	be_critical();
	result = _CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER);
	be_critical();
	_CPU_Virtual_Interrupts_open();
	return result == 0 && delivered;
}

/* Only the result shows whether an interrupt came in time. */
static int wait_until_past(void)
{
	int result, came;

	result = _CPU_Virtual_Wait_for_event(0);
	came = delivered;
	be_critical();
	_CPU_Virtual_Interrupts_open();
	return result == (came ? 0 : -EAGAIN);
}

/* Far in the future. */
static int set_clock(void)
{
	return _BSP_Virtual_Clock_oneshot((uint64_t)1 << 60) == 0;
}

static void set_clock_before(void)
{
	set_clock();
}

static int stop_clock(void)
{
	return _BSP_Virtual_Clock_stop() == 0;
}

static void stop_clock_before(void)
{
	stop_clock();
}

static int call_none(void)
{
	return step_none() == 7;
}

static int call_copied(void)
{
	return step_copied(1, 2, 3, 4, 5, 6, 7, 8, 9, 10) == 385;
}

static int call_wide(void)
{
	return step_wide(0x123456789abcdef0, 0x1111111111111111) == 0x23456789abcdf001;
}

static int call_double(void)
{
	return step_double(0.5, 0.25) == 1.0;
}

static int call_record(void)
{
	struct step_record record = step_record(7, 5);

	return record.words[0] == 7 && record.words[1] == 5 && record.words[2] == 12 &&
	       record.words[3] == 2 && record.words[4] == 35;
}

static int call_stdcall(void)
{
	return step_stdcall(5, 6, 7) == 38;
}

static int call_fastcall(void)
{
	return step_fastcall(5, 6, 7) == 38;
}

static int call_regparm(void)
{
	return step_regparm(5, 6, 7) == 38;
}

static int call_variadic(void)
{
	return step_variadic(8, 1, 2, 3, 4, 5, 6, 7, 8) == 204;
}

static int call_blocking(void)
{
	return step_blocking(41) == 42;
}

/* The first call masks the signal, the second holds it back. */
static int call_blocking_set_and_stopped(void)
{
	return set_clock() && call_blocking() && stop_clock() && call_blocking();
}

static int call_direct(void)
{
	return step_direct(5, 6, 7) == 38;
}

#ifndef KEEPS_MXCSR
/* With floating-point control unlike the host's, the gate changes it. */
static int call_rounding_up(void)
{
	static const uint32_t up = 0x5f80, usual = 0x1f80;
	uint32_t now;
	int sum = step_variadic(2, 1, 2);
	double result;

	__asm__ volatile("ldmxcsr %0" : : "m"(up));
	result = step_double(0.5, 0.25);
	sum += step_variadic(3, 1, 2, 3);
	__asm__ volatile("stmxcsr %0" : "=m"(now));
	__asm__ volatile("ldmxcsr %0" : : "m"(usual));
	return result == 1.0 && (now & 0xffc0) == up && sum == 5 + 14;
}
#endif

static int called_back(int value)
{
	return step_none() + step_variadic(1, value);
}

static int call_back(void)
{
	return step_back(called_back, 10) == 18;
}

static int call_back_variadic(void)
{
	return step_back_variadic(called_back, 10) == 18;
}

static const struct window windows[] = {
	{ "registers", step_flat, .pairs = 3 },
	{ "registers, three times", step_flat, .pairs = 1, .triples = 1 },
	{ "registers, handler opens and closes", step_flat, .pairs = 3, .opens = 1 },
	{ "registers, handler opens", step_flat, .pairs = 3, .opens = 2 },
	{ "enable", disable_and_enable, .pairs = 3 },
	{ "enable twice", disable_twice, .pairs = 2 },
	{ "flash", flash, .pairs = 3 },
	{ "open", close_and_open, .pairs = 2 },
	{ "deliver", deliver_own, .own = 1, .pairs = 3 },
	{ "deliver, handler opens", deliver_own, .own = 1, .pairs = 2, .opens = 2 },
	{ "raise", raise_own, .own = 1, .pairs = 2 },
	{ "unmask", unmask_own, .own = 1, .pairs = 2 },
	{ "wait", wait_for_event, close_before, .sleeps = 1, .pairs = 3 },
	{ "wait, time is up", wait_until_past, close_before, .pairs = 2 },
	{ "set the clock", set_clock, .pairs = 1 },
	{ "stop the clock", stop_clock, set_clock_before, .pairs = 1 },
	{ "none", call_none, .pairs = 2 },
	{ "copied", call_copied, .pairs = 2 },
	{ "wide", call_wide, .pairs = 1 },
	{ "double", call_double, .pairs = 2 },
	{ "record", call_record, .pairs = 2 },
	{ "stdcall", call_stdcall, .pairs = 2 },
	{ "fastcall", call_fastcall, .pairs = 1 },
	{ "regparm", call_regparm, .pairs = 1 },
	{ "variadic", call_variadic, .pairs = 2 },
	{ "blocking", call_blocking, stop_clock_before, .pairs = 2 },
	{ "blocking, clock is set", call_blocking, set_clock_before, .pairs = 2 },
	{ "blocking, set and stopped", call_blocking_set_and_stopped, .pairs = 1 },
	{ "direct", call_direct, .pairs = 1 },
#ifndef KEEPS_MXCSR
	{ "rounding", call_rounding_up, .pairs = 2 },
#endif
	{ "callback", call_back, .pairs = 2 },
	{ "callback, variadic", call_back_variadic, .pairs = 2 },
	/* These come last: they leave slots unbound. */
	{ "copied, unbound", call_copied, unbind_step_copied, .pairs = 2 },
	{ "variadic, unbound", call_variadic, unbind_step_variadic, .pairs = 1 },
	{ "direct, unbound", call_direct, unbind_step_direct, .pairs = 1 },
	{ "callback, unbound", call_back, unbind_step_back, .pairs = 1 },
	{ "open, unbound", close_and_open, unbind_jumpslot_interrupts_deliver,
	  .pairs = 2 },
};

static int is_same(const char *a, const char *b)
{
	for (; *a && *a == *b; a++)
		b++;
	return *a == *b;
}

static int is_wanted(const char *name)
{
	char argument[64];
	int count = jumpslot_argument_count();

	for (int i = 1; i < count; i++)
		if (jumpslot_argument(i, argument, sizeof(argument)) >= 0 &&
		    is_same(argument, name))
			return 1;
	return count == 1;
}

JUMPSLOT_ENTRY(info)
{
	step_share(&inside);
	rounds_start(info->interrupt_frame);
	_BSP_Virtual_Clock_init();
	for (size_t i = 0; i < sizeof(windows) / sizeof(*windows); i++)
		if (is_wanted(windows[i].name))
			rounds_run(&windows[i]);
	return 0;
}
