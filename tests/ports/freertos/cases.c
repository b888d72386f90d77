/*
 * The promises of ports/freertos, each a case by name. A case creates tasks and runs the
 * kernel; its tasks check, and the last one ends the scheduler.
 */
#include "../../lib/interrupts_case.h"
#include "../../interrupts/guests/interrupts_registers_check.h"
#include "kernel.h"

#define TURNS	    2000
#define PERIOD	    (SECOND / configTICK_RATE_HZ)
#define OUTER	    20
#define INNER	    21
#define PREEMPTIONS 2000

#define IS_OPEN()	 (_CPU_Virtual_Interrupts_get_level() == 0)
#define LIMIT_IS_TASKS() (__jumpslot_vcpu.stack_limit == (uintptr_t)pxCurrentTCB->stack)

static volatile unsigned turns[2];
static unsigned numbers[2] = { 0, 1 };

void assertion(int line)
{
	print("assertion in line ");
	print_number((uint64_t)line);
	print("\n");
	_CPU_Virtual_exec_stop_error(3);
}

static void end(void)
{
	vPortEndScheduler();
}

/* ---- yield ---- */

/* Both tasks run this: each turn ends with a yield, and the other has run after it. */
static void take_turns(void *number)
{
	unsigned self = *(unsigned *)number;

	while (turns[self] < TURNS) {
		unsigned before = turns[1 - self];

		EXPECT(IS_OPEN() && __jumpslot_vcpu.nesting == 0);
		EXPECT(LIMIT_IS_TASKS());
		turns[self]++;
		portYIELD();
		EXPECT(turns[1 - self] > before || turns[1 - self] == TURNS);
	}
	if (turns[1 - self] == TURNS)
		end();
	for (;;)
		portYIELD();
}

static int a_yield_switches(void)
{
	task_create(take_turns, &numbers[0], 1);
	task_create(take_turns, &numbers[1], 1);
	kernel_run();
	CHECK(turns[0] == TURNS && turns[1] == TURNS);
	return 0;
}

static void count_turns(void *number)
{
	for (;;) {
		turns[*(unsigned *)number]++;
		portYIELD();
	}
}

/* A yield in nested critical sections waits for the end of the outermost one. */
static void yield_in_critical(void *unused)
{
	(void)unused;
	for (unsigned i = 1; i <= TURNS; i++) {
		portENTER_CRITICAL();
		portENTER_CRITICAL();
		portYIELD();
		EXPECT(turns[1] == i - 1);
		portEXIT_CRITICAL();
		EXPECT(turns[1] == i - 1 && !IS_OPEN());
		portEXIT_CRITICAL();
		EXPECT(turns[1] == i && IS_OPEN());
	}
	end();
}

static int critical_sections_nest(void)
{
	task_create(yield_in_critical, NULL, 1);
	task_create(count_turns, &numbers[1], 1);
	kernel_run();
	return 0;
}

/* Each task gets back the level that it yielded with. */
static void yield_while_disabled(void *unused)
{
	(void)unused;
	for (unsigned i = 1; i <= TURNS; i++) {
		portDISABLE_INTERRUPTS();
		portYIELD();
		EXPECT(!IS_OPEN());
		portENABLE_INTERRUPTS();
		EXPECT(turns[1] == i && IS_OPEN());
	}
	end();
}

static int levels_belong_to_tasks(void)
{
	task_create(yield_while_disabled, NULL, 1);
	task_create(count_turns, &numbers[1], 1);
	kernel_run();
	return 0;
}

/* ---- ticks ---- */

static void miss_ticks(void *unused)
{
	uint32_t missed;
	TickType_t before;

	(void)unused;
	portENTER_CRITICAL();
	EXPECT(REACHES(__jumpslot_vcpu.missed >= 20));
	_BSP_Virtual_Clock_stop();
	missed = __jumpslot_vcpu.missed;
	before = tick_count;
	portEXIT_CRITICAL();
	EXPECT(tick_count == before + 1 + (configJUMPSLOT_CATCH_UP ? missed : 0));
	end();
}

/* Missed periods are ticks when the interrupts are enabled again; or one tick. */
static int missed_periods(void)
{
	task_create(miss_ticks, NULL, 1);
	kernel_run();
	return 0;
}

static uint64_t started;

static void sleep_and_work(void *unused)
{
	uint64_t before, after;

	(void)unused;
	for (unsigned i = 1; i < 20; i++) {
		TickType_t woken = tick_count + i;

		task_delay(i);
		EXPECT(tick_count >= woken);
		spin(100000);
	}
	before = _BSP_Virtual_Clock_read();
	_BSP_Virtual_Clock_stop();
	after = _BSP_Virtual_Clock_read();
	EXPECT((uint64_t)tick_count + 1 >= (before - started) / PERIOD);
	EXPECT(tick_count <= (after - started) / PERIOD);
	end();
}

/* Work, sleeps without ticks and preemption: each period is one tick. */
static int no_tick_is_lost(void)
{
	static unsigned other;

	time_slicing = 1;
	task_create(sleep_and_work, NULL, 2);
	task_create(count_turns, &other, 1);
	started = _BSP_Virtual_Clock_read();
	kernel_run();
	return 0;
}

static void sleep_long(void *unused)
{
	(void)unused;
	for (unsigned i = 2; i < 20; i++) {
		uint64_t start_time = _BSP_Virtual_Clock_read();
		TickType_t before = tick_count;

		task_delay(10 * i);
		EXPECT(tick_count >= before + 10 * i);
		EXPECT(_BSP_Virtual_Clock_read() >= start_time + (10 * i - 1) * PERIOD);
	}
	end();
}

/* The idle task stops the clock; the sleeping task still wakes at its tick. */
static int tickless_idle_wakes_on_time(void)
{
	task_create(sleep_long, NULL, 1);
	kernel_run();
	CHECK(tick_count < 0x10000);
	return 0;
}

static struct task *sleeper;
static volatile unsigned woken;

static void wake_sleeper(int vector)
{
	EXPECT(vector == OUTER && xPortIsInsideInterrupt());
	woken++;
	portYIELD_FROM_ISR(task_wake_from_isr(sleeper));
}

static void raise_outer(void)
{
	_CPU_Virtual_Irq_raise(OUTER);
}

/* Sleeps for years; the interrupt is pending when the idle task goes to sleep. */
static void sleep_until_woken(void *unused)
{
	(void)unused;
	for (unsigned i = 1; i <= 100; i++) {
		task_delay(portMAX_DELAY / 2);
		EXPECT(woken == i && IS_OPEN());
	}
	end();
}

static int an_interrupt_ends_a_sleep(void)
{
	on_confirm = raise_outer;
	sleeper = task_create(sleep_until_woken, NULL, 1);
	CHECK(iPortConnectVector(OUTER, wake_sleeper) == 0);
	kernel_run();
	CHECK(woken == 100);
	return 0;
}

/* Every period since the start was one tick, but for those on the way. */
static int ticks_follow_the_clock(void)
{
	uint64_t before = _BSP_Virtual_Clock_read(), after;

	_BSP_Virtual_Clock_stop();
	after = _BSP_Virtual_Clock_read();
	return (uint64_t)tick_count + 1 >= (before - started) / PERIOD &&
	       tick_count <= (after - started) / PERIOD;
}

static void stay_long(int vector)
{
	uint64_t until = _BSP_Virtual_Clock_read() + 10 * PERIOD;

	(void)vector;
	on_confirm = NULL;
	while (_BSP_Virtual_Clock_read() < until)
		;
}

static void sleep_short(void *unused)
{
	TickType_t before = tick_count;

	(void)unused;
	task_delay(2);
	EXPECT(tick_count >= before + 10);
	EXPECT(ticks_follow_the_clock());
	end();
}

/* More periods pass than the sleep was to last; vTaskStepTick() checks its argument. */
static int a_late_end_loses_no_tick(void)
{
	on_confirm = raise_outer;
	CHECK(iPortConnectVector(OUTER, stay_long) == 0);
	task_create(sleep_short, NULL, 1);
	started = _BSP_Virtual_Clock_read();
	kernel_run();
	return 0;
}

static void wait_for_missed(void)
{
	on_confirm = NULL;
	EXPECT(REACHES(__jumpslot_vcpu.missed >= 10));
}

/* Periods that are missed before the clock stops are ticks too. */
static int missed_before_a_sleep(void)
{
	on_confirm = wait_for_missed;
	task_create(sleep_short, NULL, 1);
	started = _BSP_Virtual_Clock_read();
	kernel_run();
	return 0;
}

static void wait_for_pended(void)
{
	EXPECT(REACHES(pended_ticks >= 1));
}

static void sleep_without_rest(void *unused)
{
	TickType_t before = tick_count;

	(void)unused;
	task_delay(20);
	EXPECT(tick_count >= before + 20 && sleeps == 0);
	end();
}

/* FreeRTOS has a tick to count first. */
static int a_pended_tick_prevents_a_sleep(void)
{
	before_sleep = wait_for_pended;
	task_create(sleep_without_rest, NULL, 1);
	kernel_run();
	return 0;
}

/* ---- interrupts ---- */

static volatile unsigned inner, switches_in_handler;

static void inner_handler(int vector)
{
	EXPECT(vector == INNER && __jumpslot_vcpu.nesting == 2);
	inner++;
	portYIELD_FROM_ISR(pdTRUE);
}

static void outer_handler(int vector)
{
	unsigned before = switches;

	EXPECT(vector == OUTER && __jumpslot_vcpu.nesting == 1);
	portENABLE_INTERRUPTS();
	_CPU_Virtual_Irq_raise(INNER);
	_CPU_Virtual_Irq_raise(INNER);
	EXPECT(xPortIsInsideInterrupt());
	switches_in_handler += switches - before;
	portYIELD_FROM_ISR(pdTRUE);
}

/* Handlers nest, and only the outermost one switches: once. */
static void interrupt_self(void *unused)
{
	(void)unused;
	_BSP_Virtual_Clock_stop();
	for (unsigned i = 1; i <= TURNS; i++) {
		unsigned before = switches;

		_CPU_Virtual_Irq_raise(OUTER);
		EXPECT(inner == 2 * i && switches_in_handler == 0);
		EXPECT(turns[1] == i);
		/* To the other task, whose yield is the way back. */
		EXPECT(switches == before + 2);
		EXPECT(!xPortIsInsideInterrupt() && __jumpslot_vcpu.nesting == 0);
	}
	end();
}

static int nested_handlers_switch_once(void)
{
	CHECK(iPortConnectVector(OUTER, outer_handler) == 0);
	CHECK(iPortConnectVector(INNER, inner_handler) == 0);
	task_create(interrupt_self, NULL, 1);
	task_create(count_turns, &numbers[1], 1);
	kernel_run();
	return 0;
}

static void yield_from_isr(int vector)
{
	(void)vector;
	portYIELD_FROM_ISR(pdTRUE);
}

/* A task and a handler ask for a switch at the same time: they get one. */
static void ask_twice(void *unused)
{
	(void)unused;
	_BSP_Virtual_Clock_stop();
	for (unsigned i = 1; i <= TURNS; i++) {
		unsigned before = switches;

		portENTER_CRITICAL();
		portYIELD();
		_CPU_Virtual_Irq_raise(OUTER);
		portEXIT_CRITICAL();
		EXPECT(turns[1] == i);
		EXPECT(switches == before + 2);
	}
	end();
}

static int two_requests_switch_once(void)
{
	CHECK(iPortConnectVector(OUTER, yield_from_isr) == 0);
	task_create(ask_twice, NULL, 1);
	task_create(count_turns, &numbers[1], 1);
	kernel_run();
	return 0;
}

static int vectors_are_checked(void)
{
	CHECK(iPortConnectVector(-1, yield_from_isr) == -EINVAL);
	CHECK(iPortConnectVector(JUMPSLOT_VECTORS, yield_from_isr) == -EINVAL);
	CHECK(iPortConnectVector(2, yield_from_isr) == -EPERM);
	CHECK(iPortConnectVector(OUTER, yield_from_isr) == 0);
	CHECK(iPortConnectVector(OUTER, yield_from_isr) == -EBUSY);
	return 0;
}

/* ---- registers ---- */

static volatile unsigned preempted, finished;

static void keep_registers(void *number)
{
	static struct registers sets[2];
	struct registers *set = &sets[*(unsigned *)number];
	uint32_t random_state = 1 + *(unsigned *)number;

	set->level = registers_level();
	while (turns[0] < PREEMPTIONS || turns[1] < PREEMPTIONS) {
		TickType_t before = tick_count;
		const char *wrong;

		registers_fill(set, 100 + random_next(&random_state) % 20000,
			       &random_state);
		registers_step(set);
		wrong = registers_wrong(set);
		if (wrong) {
			print(wrong);
			print(" changed\n");
			_CPU_Virtual_exec_stop_error(4);
		}
		turns[*(unsigned *)number] += tick_count - before;
	}
	if (++finished == 2)
		end();
	for (;;)
		portYIELD();
}

/* Two tasks of the same priority, which each tick switches. */
static int registers_survive_preemption(void)
{
	time_slicing = 1;
	task_create(keep_registers, &numbers[0], 1);
	task_create(keep_registers, &numbers[1], 1);
	kernel_run();
	return 0;
}

static uint32_t float_control(void)
{
	uint32_t mxcsr;
	uint16_t control;

	__asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
	__asm__ volatile("fnstcw %0" : "=m"(control));
	return mxcsr << 16 | control;
}

static void set_float_control(uint32_t both)
{
	uint32_t mxcsr = both >> 16;
	uint16_t control = (uint16_t)both;

	__asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
	__asm__ volatile("fldcw %0" : : "m"(control));
}

static void keep_float_control(void *number)
{
	/* Round down, or up and single precision. */
	uint32_t mine = *(unsigned *)number ? 0x3f80077f : 0x5f80087f;

	EXPECT(float_control() == 0x1f80037f);
	set_float_control(mine);
	while (++turns[*(unsigned *)number] < TURNS) {
		portYIELD();
		EXPECT(float_control() == mine);
	}
	if (++finished == 2)
		end();
	for (;;)
		portYIELD();
}

static int float_control_belongs_to_tasks(void)
{
	task_create(keep_float_control, &numbers[0], 1);
	task_create(keep_float_control, &numbers[1], 1);
	kernel_run();
	return 0;
}

/* ---- stacks, end, heap ---- */

/* Goes below its stack, into that of the task before it, which never ran. */
static void __attribute__((__noinline__))
go_deep(volatile char *above, void (*at_the_end)(void))
{
	volatile char block[256];

	block[0] = *above;
	if ((uintptr_t)block > (uintptr_t)pxCurrentTCB->stack - 4096)
		go_deep(block, at_the_end);
	else
		at_the_end();
	*above = block[0];
}

static void yield(void)
{
	portYIELD();
}

/* The host, which checks frames, would end the guest first. */
static void overflow(void *unused)
{
	volatile char first = 0;

	(void)unused;
	portYIELD();
	EXPECT(!overflowed);
	_CPU_Virtual_Set_stack_limit(NULL);
	go_deep(&first, yield);
	EXPECT(overflowed == pxCurrentTCB);
	end();
}

/* FreeRTOS's check sees the pointer of this switch, not that of the last one. */
static int the_stack_check_finds_an_overflow(void)
{
	task_create(count_turns, &numbers[0], 0);
	task_create(overflow, NULL, 1);
	kernel_run();
	CHECK(turns[0] == 0);
	return 0;
}

static void take_interrupt(void)
{
	_CPU_Virtual_Irq_raise(OUTER);
}

static void overflow_by_frame(void *unused)
{
	volatile char first = 0;

	(void)unused;
	iPortConnectVector(OUTER, NULL);
	portYIELD();
	task_delay(1);
	EXPECT(LIMIT_IS_TASKS());
	go_deep(&first, take_interrupt);
	end();
}

/* The host ends the guest before it writes a frame below the stack. */
static int the_host_reports_an_overflow(void)
{
	task_create(count_turns, &numbers[0], 0);
	task_create(overflow_by_frame, NULL, 1);
	kernel_run();
	return 0;
}

/* The caller of the scheduler goes on, with interrupts disabled and no vector in use. */
static int the_scheduler_returns(void)
{
	CHECK(!a_yield_switches());
	CHECK(!IS_OPEN());
	portENTER_CRITICAL();
	portEXIT_CRITICAL();
	CHECK(!IS_OPEN());
	CHECK(!__jumpslot_vcpu.stack_limit);
	CHECK(_CPU_Virtual_Irq_request(CLOCK) == 0);
	CHECK(_CPU_Virtual_Irq_request(portYIELD_VECTOR) == 0);
	return 0;
}

#ifdef NEWLIB
static volatile unsigned in_heap;

static void use_heap(void *number)
{
	for (unsigned i = 0; i < 50; i++) {
		TickType_t before;

		__malloc_lock(NULL);
		__malloc_lock(NULL);
		before = tick_count;
		EXPECT(in_heap == 0 && IS_OPEN());
		in_heap = 1 + *(unsigned *)number;
		EXPECT(REACHES(pended_ticks >= 2));
		EXPECT(in_heap == 1 + *(unsigned *)number);
		__malloc_unlock(NULL);
		EXPECT(tick_count == before);
		in_heap = 0;
		__malloc_unlock(NULL);
		EXPECT(tick_count >= before + 2);
	}
	if (++finished == 2)
		end();
	for (;;)
		portYIELD();
}

/* A task that has the heap is not preempted by one that could want it. */
static int the_heap_is_locked(void)
{
	time_slicing = 1;
	task_create(use_heap, &numbers[0], 1);
	task_create(use_heap, &numbers[1], 1);
	kernel_run();
	CHECK(suspended == 0);
	return 0;
}
#endif

static const struct test_case cases[] = {
	{ "yield", a_yield_switches },
	{ "critical", critical_sections_nest },
	{ "levels", levels_belong_to_tasks },
	{ "missed", missed_periods },
	{ "ticks", no_tick_is_lost },
	{ "tickless", tickless_idle_wakes_on_time },
	{ "wake", an_interrupt_ends_a_sleep },
	{ "late", a_late_end_loses_no_tick },
	{ "before", missed_before_a_sleep },
	{ "pended", a_pended_tick_prevents_a_sleep },
	{ "nesting", nested_handlers_switch_once },
	{ "once", two_requests_switch_once },
	{ "vectors", vectors_are_checked },
	{ "registers", registers_survive_preemption },
	{ "float", float_control_belongs_to_tasks },
	{ "stack", the_stack_check_finds_an_overflow },
	{ "full", the_host_reports_an_overflow },
	{ "end", the_scheduler_returns },
#ifdef NEWLIB
	{ "heap", the_heap_is_locked },
#endif
};

JUMPSLOT_ENTRY(info)
{
	(void)info;
	return run_case(cases, sizeof(cases) / sizeof(*cases));
}
