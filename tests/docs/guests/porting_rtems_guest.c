/*
 * Runs the code of docs/porting-an-rtos.md, "RTEMS" (page.h), with stand-ins for the
 * parts of RTEMS that it needs: two threads, a clock that switches between them, and a
 * dispatcher by RTEMS's rules.
 */
#include <stdbool.h>
#include "../../lib/interrupts_case.h"
#include "../../rtos/guests/rtems_paravirt.h"
#include "../../lib/switch_stacks.h"

#define EFLAGS_INTR_ENABLE 0x200
#define PERIOD		   (100 * MICROSECOND)
#define SLICES		   500

typedef uint32_t rtems_vector_number;

typedef struct {
	void *stack;
	uint32_t isr_dispatch_disable;
} Context_Control;

typedef struct {
	volatile uint32_t isr_nest_level;
	volatile uint32_t isr_dispatch_disable;
	volatile uint32_t thread_dispatch_disable_level;
	volatile bool dispatch_necessary;
	Context_Control *volatile executing, *volatile heir;
} Per_CPU_Control;

static Context_Control threads[2];
static Per_CPU_Control the_cpu = { .executing = &threads[0], .heir = &threads[0] };
static volatile unsigned ticks, slices[2], started;
static volatile unsigned dispatches, raise_in_dispatch;
static volatile bool held_back;

struct timecounter;

static Per_CPU_Control *_Per_CPU_Get(void)
{
	return &the_cpu;
}

static void Clock_isr(void *argument);
static void bsp_interrupt_handler_dispatch(rtems_vector_number vector);
static void _Thread_Do_dispatch(Per_CPU_Control *cpu, uint32_t level);
static void switch_registers(Context_Control *run, Context_Control *heir);
void _CPU_Context_switch(Context_Control *run, Context_Control *heir);

#include "page.h"

static void switch_registers(Context_Control *run, Context_Control *heir)
{
	run->isr_dispatch_disable = the_cpu.isr_dispatch_disable;
	the_cpu.isr_dispatch_disable = heir->isr_dispatch_disable;
	switch_stacks(&run->stack, heir->stack);
}

static void switch_threads(Per_CPU_Control *cpu, uint32_t level)
{
	Context_Control *run = cpu->executing;

	cpu->executing = cpu->heir;
	i386_enable_interrupts(level);
	_CPU_Context_switch(run, cpu->executing);
	EXPECT(cpu->executing == run);
}

static void _Thread_Do_dispatch(Per_CPU_Control *cpu, uint32_t level)
{
	EXPECT(i386_get_interrupt_level() == 1 && cpu->dispatch_necessary);
	EXPECT(cpu->thread_dispatch_disable_level == 1 && cpu->isr_nest_level == 0);
	dispatches++;
	do {
		cpu->dispatch_necessary = false;
		if (cpu->executing == cpu->heir)
			break;
		switch_threads(cpu, level);
		level = i386_disable_interrupts();
	} while (cpu->dispatch_necessary);
	cpu->thread_dispatch_disable_level = 0;
	i386_enable_interrupts(level);
	if (raise_in_dispatch) {
		unsigned before = dispatches;

		raise_in_dispatch--;
		EXPECT(_CPU_Virtual_Irq_raise(SOFT) == 0);
		EXPECT(dispatches == before && cpu->dispatch_necessary);
	}
}

static Context_Control *other_thread(void)
{
	return &threads[the_cpu.executing == &threads[0]];
}

static void Clock_isr(void *argument)
{
	(void)argument;
	ticks++;
	if (held_back)
		return;
	the_cpu.heir = other_thread();
	the_cpu.dispatch_necessary = true;
}

static void bsp_interrupt_handler_dispatch(rtems_vector_number vector)
{
	EXPECT(the_cpu.isr_nest_level == 1 && the_cpu.thread_dispatch_disable_level >= 1);
	EXPECT(__jumpslot_vcpu.nesting == 1);
	if (vector == CLOCK)
		clock_interrupt(NULL);
	else
		the_cpu.dispatch_necessary = true; /* with the same heir */
}

/* Blocks like a thread of RTEMS, at any level. */
static void yield(void)
{
	uint32_t level = i386_disable_interrupts();

	the_cpu.thread_dispatch_disable_level = 1;
	the_cpu.heir = other_thread();
	the_cpu.dispatch_necessary = true;
	_Thread_Do_dispatch(&the_cpu, level);
}

/* Both threads run this. Each is preempted by an interrupt and then yields; the second
 * one yields with interrupts disabled. */
static void run_slices(unsigned number)
{
	while (slices[0] < SLICES || slices[1] < SLICES) {
		unsigned before = ticks;

		EXPECT(i386_get_interrupt_level() == 0);
		EXPECT(__jumpslot_vcpu.nesting == 0);
		EXPECT(the_cpu.isr_nest_level == 0 && the_cpu.isr_dispatch_disable == 0);
		EXPECT(the_cpu.executing == &threads[number]);
		while (ticks == before)
			;
		slices[number]++;
		i386_set_interrupt_level(number);
		yield();
		EXPECT(i386_get_interrupt_level() == number);
		i386_set_interrupt_level(0);
	}
}

static void second_thread(void)
{
	EXPECT(i386_get_interrupt_level() == 1); /* _Thread_Handler() sets it */
	started++;
	i386_set_interrupt_level(0);
	the_cpu.thread_dispatch_disable_level = 0;
	run_slices(1);
	for (;;)
		yield();
}

static int start(void)
{
	static char stack[0x20000] __attribute__((__aligned__(16)));

	threads[1].stack = stack_for(stack + sizeof(stack), second_thread);
	CHECK(_CPU_Virtual_Set_handler(interrupt) == 0);
	CHECK(_CPU_Virtual_Irq_request(CLOCK) == 0);
	CHECK(_CPU_Virtual_Irq_request(SOFT) == 0);
	CHECK(_BSP_Virtual_Clock_init() == 0);
	CHECK(_BSP_Virtual_Clock_periodic(0, PERIOD) == 0);
	i386_set_interrupt_level(0);
	return 0;
}

static int threads_share_the_processor(void)
{
	CHECK(!start());
	run_slices(0);
	CHECK(started == 1);
	CHECK(slices[0] >= SLICES && slices[1] >= SLICES);
	return 0;
}

/* The dispatcher handles an interrupt that comes while it runs. */
static int dispatches_one_by_one(void)
{
	CHECK(!start());
	CHECK(_BSP_Virtual_Clock_stop() == 0);
	the_cpu.heir = the_cpu.executing;
	the_cpu.thread_dispatch_disable_level = 1;
	dispatches = 0;
	CHECK(_CPU_Virtual_Irq_raise(SOFT) == 0);
	CHECK(dispatches == 0 && the_cpu.dispatch_necessary);
	the_cpu.thread_dispatch_disable_level = 0;
	raise_in_dispatch = 5;
	CHECK(_CPU_Virtual_Irq_raise(SOFT) == 0);
	CHECK(dispatches == 6 && !the_cpu.dispatch_necessary);
	CHECK(the_cpu.thread_dispatch_disable_level == 0);
	CHECK(the_cpu.isr_dispatch_disable == 0);
	return 0;
}

/* Periods missed at level 1 become ticks when the level is 0. */
static int no_tick_is_lost(void)
{
	uint32_t missed, cookie;
	unsigned before;

	held_back = true;
	CHECK(!start());
	cookie = i386_disable_interrupts();
	CHECK(REACHES(__jumpslot_vcpu.missed >= 20));
	CHECK(_BSP_Virtual_Clock_stop() == 0);
	missed = __jumpslot_vcpu.missed;
	before = ticks;
	i386_enable_interrupts(cookie);
	CHECK(ticks == before + 1 + missed);
	return 0;
}

/* The frequency of the timecounter, against the clock. */
static int timecounter_counts(void)
{
	uint64_t before = _BSP_Virtual_Clock_read();
	uint32_t count = get_timecount(NULL);
	uint64_t after = _BSP_Virtual_Clock_read();

	CHECK(UINT64_C(1000000000) >> 6 == 15625000);
	CHECK(count >= before >> 6 && count <= after >> 6);
	return 0;
}

static const struct test_case cases[] = {
	{ "threads", threads_share_the_processor },
	{ "dispatch", dispatches_one_by_one },
	{ "backlog", no_tick_is_lost },
	{ "timecounter", timecounter_counts },
};

JUMPSLOT_ENTRY(info)
{
	(void)info;
	return run_case(cases, sizeof(cases) / sizeof(*cases));
}
