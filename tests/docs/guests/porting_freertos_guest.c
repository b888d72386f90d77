/*
 * Runs the code of docs/porting-an-rtos.md, "FreeRTOS" (page.h), with stand-ins for the
 * parts of FreeRTOS that it needs: its tick count, by the rules of tasks.c, and tasks
 * that take turns. CATCH_UP=0 selects the other tick mode of the page.
 */
#include "../../lib/interrupts_case.h"
#include "../../lib/switch_stacks.h"

#define configTICK_RATE_HZ 1000
#define pdFALSE		   0
#define pdTRUE		   1
#define EXPECTED	   20
#define TURNS		   1000

typedef uint32_t TickType_t;
typedef long BaseType_t;
typedef enum { eAbortSleep, eStandardSleep } eSleepModeStatus;

#define portYIELD()	      _CPU_Virtual_Irq_raise(JUMPSLOT_VECTOR_SOFT)
#define portYIELD_FROM_ISR(x) ((x) ? (void)portYIELD() : (void)0)

static void *tasks[2]; /* a task control block: its stack pointer alone */
static void *volatile pxCurrentTCB = &tasks[0];
static volatile TickType_t xTickCount, xPendedTicks, xNextTaskUnblockTime;
static volatile unsigned suspended, slicing, others;
static volatile uint64_t busy_until;

static BaseType_t xTaskIncrementTick(void)
{
	EXPECT(_CPU_Virtual_Interrupts_get_level() == 1 || suspended);
	if (suspended)
		xPendedTicks++;
	else
		xTickCount++;
	return slicing && !suspended;
}

static void vTaskStepTick(TickType_t ticks)
{
	EXPECT(suspended && xTickCount + ticks <= xNextTaskUnblockTime);
	xTickCount += ticks;
	_CPU_Virtual_Interrupts_open(); /* the end of its critical section */
}

static eSleepModeStatus eTaskConfirmSleepModeStatus(void)
{
	EXPECT(_CPU_Virtual_Interrupts_get_level() == 1);
	return xPendedTicks ? eAbortSleep : eStandardSleep;
}

static void vTaskSwitchContext(void)
{
	EXPECT(_CPU_Virtual_Interrupts_get_level() == 1);
	if (!suspended)
		pxCurrentTCB = &tasks[pxCurrentTCB == &tasks[0]];
	else
		others++;
	while (_BSP_Virtual_Clock_read() < busy_until)
		;
}

void vPortSetupTimerInterrupt(void);
void vPortSuppressTicksAndSleep(TickType_t expected);

#include "page.h"

static int start(void)
{
	CHECK(_CPU_Virtual_Set_handler(interrupt) == 0);
	CHECK(_CPU_Virtual_Irq_request(CLOCK) == 0);
	CHECK(_CPU_Virtual_Irq_request(SOFT) == 0);
	vPortSetupTimerInterrupt();
	CHECK(tick_time > 0 && tick_time <= _BSP_Virtual_Clock_read());
	return 0;
}

/* Sleeps like the idle task of FreeRTOS, which then resumes the scheduler. */
static void sleep_for(TickType_t expected)
{
	suspended = 1;
	xNextTaskUnblockTime = xTickCount + expected;
	vPortSuppressTicksAndSleep(expected);
	EXPECT(_CPU_Virtual_Interrupts_get_level() == 0);
	_CPU_Virtual_Interrupts_close();
	xTickCount += xPendedTicks;
	xPendedTicks = 0;
	suspended = 0;
	_CPU_Virtual_Interrupts_open();
}

/* Every period that has passed was one tick. */
static int ticks_follow_the_clock(uint64_t start_time)
{
	CHECK(_BSP_Virtual_Clock_stop() == 0);
	_CPU_Virtual_Interrupts_open();
	CHECK(tick_time == start_time + xTickCount * PERIOD);
	CHECK(_BSP_Virtual_Clock_read() >= tick_time);
	CHECK(_BSP_Virtual_Clock_periodic(tick_time + PERIOD, PERIOD) == 0);
	return 0;
}

static int sleeps_and_steps(void)
{
	uint64_t start_time;

	CHECK(!start());
	start_time = tick_time;
	for (int i = 0; i < 5; i++) {
		TickType_t before = xTickCount;

		sleep_for(EXPECTED);
		CHECK(xTickCount >= before + EXPECTED);
		before += EXPECTED + 2;
		CHECK(REACHES(xTickCount >= before)); /* the clock goes on */
		CHECK(!ticks_follow_the_clock(start_time));
	}
	return 0;
}

/* A pending interrupt prevents the sleep: no tick is skipped. */
static int an_interrupt_wakes(void)
{
	uint64_t start_time;

	CHECK(!start());
	start_time = tick_time;
	for (unsigned i = 1; i <= 100; i++) {
		_CPU_Virtual_Interrupts_close();
		_CPU_Virtual_Irq_raise(SOFT);
		sleep_for(UINT32_MAX / 2);
		CHECK(others == i);
		CHECK(!ticks_follow_the_clock(start_time));
	}
	return 0;
}

/* More periods pass than the sleep was to last. */
static int a_handler_takes_long(void)
{
	uint64_t start_time;

	CHECK(!start());
	start_time = tick_time;
	_CPU_Virtual_Irq_raise(SOFT);
	busy_until = start_time + 10 * PERIOD;
	sleep_for(2);
	CHECK(xTickCount >= 10);
	CHECK(!ticks_follow_the_clock(start_time));
	return 0;
}

/* Missed periods become ticks when the level is 0, and after a sleep. */
static int a_backlog_is_kept(void)
{
	uint64_t start_time;
	uint32_t missed;

	CHECK(!start());
	start_time = tick_time;
	CHECK(REACHES(__jumpslot_vcpu.missed >= 10));
	CHECK(_BSP_Virtual_Clock_stop() == 0);
	missed = __jumpslot_vcpu.missed;
	_CPU_Virtual_Interrupts_open();
	CHECK(xTickCount == 1 + missed);
	_CPU_Virtual_Interrupts_close();
	CHECK(_BSP_Virtual_Clock_periodic(tick_time + PERIOD, PERIOD) == 0);
	CHECK(REACHES(__jumpslot_vcpu.missed >= 10));
	sleep_for(EXPECTED);
	CHECK(xTickCount >= missed + 12);
	CHECK(!ticks_follow_the_clock(start_time));
	return 0;
}

static int a_pended_tick_keeps_awake(void)
{
	CHECK(!start());
	suspended = 1;
	_CPU_Virtual_Interrupts_open();
	CHECK(REACHES(xPendedTicks >= 1));
	sleep_for(UINT32_MAX / 2);
	CHECK(REACHES(xTickCount >= 3)); /* the clock goes on */
	return 0;
}

/* The other tick mode: a missed period is not a tick, but passes all the same. */
static int an_interrupt_is_one_tick(void)
{
	uint64_t start_time;
	uint32_t missed;

	CHECK(!start());
	start_time = tick_time;
	CHECK(REACHES(__jumpslot_vcpu.missed >= 10));
	CHECK(_BSP_Virtual_Clock_stop() == 0);
	missed = __jumpslot_vcpu.missed;
	_CPU_Virtual_Interrupts_open();
	CHECK(xTickCount == 1);
	CHECK(tick_time == start_time + (1 + missed) * PERIOD);
	return 0;
}

static volatile unsigned turns[2], critical_nesting;

static void enter_critical(void)
{
	_CPU_Virtual_Interrupts_close();
	critical_nesting++;
}

static void exit_critical(void)
{
	if (--critical_nesting == 0)
		_CPU_Virtual_Interrupts_open();
}

/* Runs until the clock preempts it. */
static void keep_busy(unsigned other)
{
	unsigned before = turns[other];

	while (turns[other] == before && before < TURNS)
		;
}

/* Alternates: a yield, a yield in a critical section, and sometimes none. */
static void take_turns(unsigned number)
{
	while (turns[number] < TURNS) {
		EXPECT(pxCurrentTCB == &tasks[number] && critical_nesting == 0);
		EXPECT(__jumpslot_vcpu.nesting == 0);
		EXPECT(_CPU_Virtual_Interrupts_get_level() == 0);
		turns[number]++;
		if (turns[number] % 100 == 0) {
			keep_busy(1 - number);
		} else if (turns[number] % 2) {
			portYIELD();
		} else {
			enter_critical();
			enter_critical();
			portYIELD();
			exit_critical();
			EXPECT(pxCurrentTCB == &tasks[number]);
			exit_critical();
		}
	}
}

static void second_task(void)
{
	EXPECT(_CPU_Virtual_Interrupts_get_level() == 1);
	_CPU_Virtual_Interrupts_open();
	take_turns(1);
	for (;;)
		portYIELD();
}

static int tasks_take_turns(void)
{
	static char stack[0x20000] __attribute__((__aligned__(16)));

	tasks[1] = stack_for(stack + sizeof(stack), second_task);
	slicing = 1;
	CHECK(!start());
	_CPU_Virtual_Interrupts_open();
	take_turns(0);
	while (turns[1] < TURNS)
		portYIELD();
	return 0;
}

static const struct test_case cases[] = {
	{ "sleep", sleeps_and_steps },
	{ "late", a_handler_takes_long },
	{ "wake", an_interrupt_wakes },
	{ "backlog", a_backlog_is_kept },
	{ "pended", a_pended_tick_keeps_awake },
	{ "turns", tasks_take_turns },
	{ "one-tick", an_interrupt_is_one_tick },
};

JUMPSLOT_ENTRY(info)
{
	(void)info;
	return run_case(cases, sizeof(cases) / sizeof(*cases));
}
