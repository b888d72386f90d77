/*
 * The promises of ports/rtems, each a case by name, with a small kernel by RTEMS's rules:
 * two threads, which a clock switches, and a dispatcher.
 */
#include "../../lib/interrupts_case.h"
#include "../../interrupts/guests/interrupts_registers_check.h"
#include <bsp.h>
#include <bsp/irq.h>

#define PERIOD	    (100 * MICROSECOND)
#define SLICES	    500
#define STACK_BYTES 0x10000
#define OUTER	    20
#define INNER	    21

Per_CPU_Control the_cpu;
struct timecounter *installed_counter;
static const char *given_command_line;
static Thread_Control threads[2];
static rtems_interrupt_entry *entries[BSP_INTERRUPT_VECTOR_COUNT];
static volatile unsigned ticks, slices[2], dispatches, raise_in_dispatch;
static volatile bool is_slicing;
static CPU_Exception_frame *volatile fatal_frame;
static char stack[STACK_BYTES] __attribute__((__aligned__(16)));

/* ---- stand-ins ---- */

void *memset(void *bytes, int value, size_t count)
{
	for (volatile char *at = bytes; count; count--)
		*at++ = (char)value;
	return bytes;
}

int printk(const char *format, ...)
{
	print(format);
	return 0;
}

void rtems_fatal(rtems_fatal_source source, rtems_fatal_code code)
{
	if (source == RTEMS_FATAL_SOURCE_EXCEPTION) {
		fatal_frame = (CPU_Exception_frame *)(uintptr_t)code;
		print("exception ");
		print_number(EXCEPTION_VECTOR(fatal_frame));
		print("\n");
	}
	bsp_reset(source, code);
}

void rtems_interrupt_entry_initialize(rtems_interrupt_entry *entry,
				      rtems_interrupt_handler handler, void *argument,
				      const char *info)
{
	(void)info;
	entry->handler = handler;
	entry->argument = argument;
}

rtems_status_code rtems_interrupt_entry_install(rtems_vector_number vector,
						uint32_t options,
						rtems_interrupt_entry *entry)
{
	(void)options;
	entries[vector] = entry;
	return bsp_interrupt_vector_enable(vector);
}

rtems_status_code rtems_interrupt_entry_remove(rtems_vector_number vector,
					       rtems_interrupt_entry *entry)
{
	EXPECT(entries[vector] == entry);
	entries[vector] = NULL;
	return bsp_interrupt_vector_disable(vector);
}

rtems_status_code rtems_interrupt_raise(rtems_vector_number vector)
{
	return bsp_interrupt_raise(vector);
}

void bsp_interrupt_initialize(void)
{
	bsp_interrupt_facility_initialize();
}

void bsp_interrupt_handler_dispatch(rtems_vector_number vector)
{
	EXPECT(the_cpu.isr_nest_level >= 1);
	EXPECT(the_cpu.thread_dispatch_disable_level >= 1);
	EXPECT(entries[vector] != NULL);
	if (entries[vector])
		entries[vector]->handler(entries[vector]->argument);
}

void rtems_timecounter_install(struct timecounter *counter)
{
	installed_counter = counter;
}

uint32_t rtems_configuration_get_microseconds_per_tick(void)
{
	return 100;
}

static Thread_Control *other_thread(void)
{
	return &threads[the_cpu.executing == &threads[0]];
}

void Clock_isr(void *argument);

void Clock_isr(void *argument)
{
	(void)argument;
	ticks++;
	if (!is_slicing)
		return;
	the_cpu.heir = other_thread();
	the_cpu.dispatch_necessary = true;
}

static void switch_threads(Per_CPU_Control *cpu, uint32_t level)
{
	Thread_Control *run = cpu->executing;

	cpu->executing = cpu->heir;
	i386_enable_interrupts(level);
	_CPU_Context_switch(&run->context, &cpu->executing->context);
	EXPECT(cpu->executing == run);
}

/* By the rules of threaddispatch.c. */
void _Thread_Do_dispatch(Per_CPU_Control *cpu, uint32_t level)
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
		EXPECT(!rtems_interrupt_raise(OUTER));
		EXPECT(dispatches == before && cpu->dispatch_necessary);
	}
}

/* ---- threads ---- */

/* Blocks like a thread of RTEMS, at any level. */
static void yield(void)
{
	uint32_t level = i386_disable_interrupts();

	the_cpu.thread_dispatch_disable_level = 1;
	the_cpu.heir = other_thread();
	the_cpu.dispatch_necessary = true;
	_Thread_Do_dispatch(&the_cpu, level);
}

/* Each is preempted by the clock and then yields; the second one with interrupts
 * disabled. */
static void run_slices(unsigned number)
{
	while (slices[0] < SLICES || slices[1] < SLICES) {
		unsigned before = ticks;

		EXPECT(i386_get_interrupt_level() == 0 && __jumpslot_vcpu.nesting == 0);
		EXPECT(the_cpu.isr_nest_level == 0 && the_cpu.isr_dispatch_disable == 0);
		EXPECT(the_cpu.executing == &threads[number]);
		EXPECT(__jumpslot_vcpu.stack_limit == (number ? (uintptr_t)stack : 0));
		while (ticks == before)
			;
		slices[number]++;
		i386_set_interrupt_level(number);
		yield();
		EXPECT(i386_get_interrupt_level() == number);
		i386_set_interrupt_level(0);
	}
}

/* As _Thread_Handler() begins. */
static void begin_thread(void)
{
	EXPECT(_CPU_ISR_Get_level() == 1);
	i386_set_interrupt_level(0);
	the_cpu.thread_dispatch_disable_level = 0;
}

static void second_thread(void)
{
	begin_thread();
	run_slices(1);
	for (;;)
		yield();
}

static int start(void (*second)(void))
{
	_CPU_Initialize();
	bsp_start();
	the_cpu.executing = the_cpu.heir = &threads[0];
	_CPU_Context_Initialize(&threads[1].context, stack, sizeof(stack), 0, second,
				true, NULL);
	clock_driver_start();
	i386_set_interrupt_level(0);
	return 0;
}

static int threads_share_the_processor(void)
{
	is_slicing = true;
	CHECK(!start(second_thread));
	run_slices(0);
	CHECK(slices[0] >= SLICES && slices[1] >= SLICES);
	return 0;
}

static void keep_registers(unsigned number)
{
	static struct registers sets[2];
	uint32_t random_state = 1 + number;

	sets[number].level = registers_level();
	while (slices[0] < SLICES || slices[1] < SLICES) {
		unsigned before = ticks;
		const char *wrong;

		registers_fill(&sets[number], 100 + random_next(&random_state) % 20000,
			       &random_state);
		registers_step(&sets[number]);
		wrong = registers_wrong(&sets[number]);
		if (wrong) {
			print(wrong);
			print(" changed\n");
			_CPU_Virtual_exec_stop_error(4);
		}
		slices[number] += ticks != before;
	}
}

static void second_with_registers(void)
{
	begin_thread();
	keep_registers(1);
	for (;;)
		yield();
}

static int registers_survive_preemption(void)
{
	is_slicing = true;
	CHECK(!start(second_with_registers));
	keep_registers(0);
	return 0;
}

/* ---- interrupts ---- */

static volatile unsigned inner, in_handler;

static void request_dispatch(void *argument)
{
	(void)argument;
	the_cpu.dispatch_necessary = true; /* with the same heir */
}

static void install(rtems_vector_number vector, rtems_interrupt_handler handler)
{
	static rtems_interrupt_entry own[2];
	rtems_interrupt_entry *entry = &own[vector == INNER];

	rtems_interrupt_entry_initialize(entry, handler, NULL, "test");
	EXPECT(!rtems_interrupt_entry_install(vector, RTEMS_INTERRUPT_UNIQUE, entry));
}

static void inner_handler(void *argument)
{
	EXPECT(the_cpu.isr_nest_level == 2);
	inner++;
	request_dispatch(argument);
}

static void outer_handler(void *argument)
{
	unsigned before = dispatches;

	i386_set_interrupt_level(0);
	EXPECT(!rtems_interrupt_raise(INNER));
	in_handler += dispatches - before;
	request_dispatch(argument);
}

static int nested_handlers_dispatch_once(void)
{
	CHECK(!start(second_thread));
	CHECK(_BSP_Virtual_Clock_stop() == 0);
	install(OUTER, outer_handler);
	install(INNER, inner_handler);
	for (unsigned i = 1; i <= SLICES; i++) {
		unsigned before = dispatches;

		CHECK(!rtems_interrupt_raise(OUTER));
		CHECK(inner == i && in_handler == 0 && dispatches == before + 1);
		CHECK(the_cpu.isr_nest_level == 0 && __jumpslot_vcpu.nesting == 0);
	}
	return 0;
}

/* Takes half of the stack's array and its own stack is the other half. */
static void go_below_the_stack(void)
{
	volatile char room[STACK_BYTES / 2];

	begin_thread();
	room[0] = 1;
	EXPECT(!rtems_interrupt_raise(OUTER));
	room[1] = room[0];
}

/* The host ends the guest before it writes a frame below a thread's stack. */
static int the_host_reports_an_overflow(void)
{
	CHECK(!start(second_thread));
	CHECK(_BSP_Virtual_Clock_stop() == 0);
	install(OUTER, request_dispatch);
	_CPU_Context_Initialize(&threads[1].context, stack + STACK_BYTES / 2,
				STACK_BYTES / 2, 0, go_below_the_stack, true, NULL);
	yield();
	return 0;
}

/* The dispatcher handles an interrupt that comes while it runs. */
static int dispatches_one_by_one(void)
{
	CHECK(!start(second_thread));
	CHECK(_BSP_Virtual_Clock_stop() == 0);
	install(OUTER, request_dispatch);
	the_cpu.thread_dispatch_disable_level = 1;
	CHECK(!rtems_interrupt_raise(OUTER));
	CHECK(dispatches == 0 && the_cpu.dispatch_necessary);
	the_cpu.thread_dispatch_disable_level = 0;
	raise_in_dispatch = 5;
	CHECK(!rtems_interrupt_raise(OUTER));
	CHECK(dispatches == 6 && !the_cpu.dispatch_necessary);
	CHECK(the_cpu.isr_dispatch_disable == 0);
	return 0;
}

static bool is_pending(rtems_vector_number vector)
{
	bool pending = false;

	EXPECT(!bsp_interrupt_is_pending(vector, &pending));
	return pending;
}

static bool is_enabled(rtems_vector_number vector)
{
	bool enabled = false;

	EXPECT(!bsp_interrupt_vector_is_enabled(vector, &enabled));
	return enabled;
}

static int vectors_have_states(void)
{
	rtems_interrupt_attributes attributes;

	CHECK(!start(second_thread));
	install(OUTER, inner_handler);
	CHECK(is_enabled(OUTER) && !is_enabled(INNER) && !is_enabled(2));
	CHECK(!bsp_interrupt_vector_disable(OUTER) && !is_enabled(OUTER));
	CHECK(!bsp_interrupt_raise(OUTER) && is_pending(OUTER) && !is_pending(INNER));
	CHECK(!bsp_interrupt_clear(OUTER) && !is_pending(OUTER));
	CHECK(!bsp_interrupt_vector_enable(OUTER) && is_enabled(OUTER));
	CHECK(inner == 0);
	CHECK(bsp_interrupt_vector_enable(2) == RTEMS_UNSATISFIED);
	CHECK(bsp_interrupt_raise(BSP_IRQ_CLOCK) == RTEMS_UNSATISFIED);
	CHECK(!bsp_interrupt_get_attributes(OUTER, &attributes) && attributes.can_raise);
	CHECK(!bsp_interrupt_get_attributes(2, &attributes) && !attributes.can_raise);
	return 0;
}

/* ---- clock ---- */

/* Periods missed at level 1 become ticks when the level is 0. */
static int no_tick_is_lost(void)
{
	uint32_t missed, cookie;
	unsigned before;

	CHECK(!start(second_thread));
	cookie = i386_disable_interrupts();
	CHECK(REACHES(__jumpslot_vcpu.missed >= 20));
	CHECK(_BSP_Virtual_Clock_stop() == 0);
	missed = __jumpslot_vcpu.missed;
	before = ticks;
	i386_enable_interrupts(cookie);
	CHECK(ticks == before + 1 + missed);
	return 0;
}

static int counters_follow_the_clock(void)
{
	uint64_t before, after;
	uint32_t count, cpu_count;

	CHECK(!start(second_thread));
	CHECK(installed_counter->tc_frequency == 1000000000 >> 6);
	CHECK(_CPU_Counter_frequency() == 1000000000 >> 6);
	before = _BSP_Virtual_Clock_read();
	count = installed_counter->tc_get_timecount(installed_counter);
	cpu_count = _CPU_Counter_read();
	after = _BSP_Virtual_Clock_read();
	CHECK(count >= before >> 6 && count <= cpu_count && cpu_count <= after >> 6);
	return 0;
}

/* ---- console ---- */

static volatile unsigned taken, told;
static char line[64];

bool console_device_probe_default(rtems_termios_device_context *context)
{
	return context != NULL;
}

void rtems_termios_set_initial_baud(struct rtems_termios_tty *tty, int32_t baud)
{
	(void)tty;
	(void)baud;
}

int rtems_termios_enqueue_raw_characters(struct rtems_termios_tty *tty, const char *bytes,
					 int count)
{
	EXPECT(tty != NULL);
	for (int i = 0; i < count && taken < sizeof(line) - 1; i++)
		line[taken++] = bytes[i];
	return 0;
}

int rtems_termios_dequeue_characters(struct rtems_termios_tty *tty, int count)
{
	EXPECT(tty != NULL && the_cpu.isr_nest_level == 1);
	told += (unsigned)count;
	return 0;
}

/* Writes what it reads, which ends with a new line. */
static int the_console_reads_and_writes(void)
{
	const console_device *device = &console_device_table[0];
	struct rtems_termios_tty *tty = (struct rtems_termios_tty *)line;

	CHECK(!start(second_thread));
	CHECK(console_device_count == 1 && device->probe(device->context));
	if (device->handler->mode == TERMIOS_POLLED) {
		int byte;

		CHECK(device->handler->first_open(tty, device->context, NULL, NULL));
		while (!taken || line[taken - 1] != '\n')
			if ((byte = device->handler->poll_read(device->context)) >= 0)
				line[taken++] = (char)byte;
		device->handler->write(device->context, line, taken);
		return 0;
	}
	CHECK(device->handler->first_open(tty, device->context, NULL, NULL));
	while (!taken || line[taken - 1] != '\n')
		;
	device->handler->write(device->context, line, taken);
	CHECK(told == taken);
	device->handler->write(device->context, line, 0);
	CHECK(told == taken);
	device->handler->last_close(tty, device->context, NULL);
	CHECK(!is_enabled(BSP_IRQ_CONSOLE));
	return 0;
}

/* ---- start and end ---- */

static int the_work_area_is_memory(void)
{
	const Memory_Information *memory = _Memory_Get();
	extern void (*const sysinit_memory_initialize)(void);

	sysinit_memory_initialize();
	CHECK(memory->count == 1 && memory->areas[0].size >= 1 << 20);
	*(volatile char *)memory->areas[0].begin = 1;
	CHECK(is_same(bsp_cmdline(), given_command_line));
	BSP_output_char('k');
	BSP_output_char('\n');
	CHECK(BSP_poll_char() == -1);
	return 0;
}

static int a_fault_is_fatal(void)
{
	CHECK(!start(second_thread));
	__asm__ volatile("xor %%eax, %%eax; div %%eax" : : : "eax", "edx");
	return 0;
}

static int exit_gives_the_status(void)
{
	rtems_fatal(RTEMS_FATAL_SOURCE_EXIT, 42);
}

static const struct test_case cases[] = {
	{ "threads", threads_share_the_processor },
	{ "registers", registers_survive_preemption },
	{ "nesting", nested_handlers_dispatch_once },
	{ "full", the_host_reports_an_overflow },
	{ "dispatch", dispatches_one_by_one },
	{ "vectors", vectors_have_states },
	{ "backlog", no_tick_is_lost },
	{ "counters", counters_follow_the_clock },
	{ "console", the_console_reads_and_writes },
	{ "memory", the_work_area_is_memory },
	{ "fault", a_fault_is_fatal },
	{ "exit", exit_gives_the_status },
};

/* The entry of the board support package calls it. */
void boot_card(const char *command_line)
{
	given_command_line = command_line;
	_CPU_Virtual_exec_stop_error(run_case(cases, sizeof(cases) / sizeof(*cases)));
}
