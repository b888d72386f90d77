/*
 * Corner cases: fatal errors, and uses of the kernel that no application has, one option
 * for each. Without an option, prints values with the conversions of print().
 */
#include "clock.h"
#include "console.h"
#include "cpu.h"
#include "interrupt.h"
#include "kernel.h"
#include "option.h"
#include "print.h"
#include "thread.h"

static char stacks[2][THREAD_MIN_STACK] __attribute__((__aligned__(16)));
static struct thread other;
static volatile unsigned zero;

static void divide(int vector)
{
	print("%u\n", (unsigned)vector / zero);
}

static void fault_in_handler(void)
{
	interrupt_connect(CPU_VECTOR_SOFT, divide);
	cpu_vector_raise(CPU_VECTOR_SOFT);
}

static void open_and_divide(int vector)
{
	cpu_interrupts_open();
	divide(vector);
}

static void fault_in_open_handler(void)
{
	interrupt_connect(CPU_VECTOR_SOFT, open_and_divide);
	cpu_vector_raise(CPU_VECTOR_SOFT);
}

static void fault_closed(void)
{
	clock_sleep(1);
	cpu_interrupts_close();
	divide(CPU_VECTOR_SOFT);
}

static void overflow(void)
{
	*thread_self()->stack = 0;
	clock_sleep(1);
}

static void nothing(void *unused)
{
	(void)unused;
}

static void take_idle_priority(void)
{
	thread_set_priority(thread_self(), THREAD_IDLE_PRIORITY);
}

static void start_below_idle(void)
{
	thread_create(&other, "other", THREAD_PRIORITIES, nothing, NULL, stacks[1],
		      sizeof(stacks[1]));
}

static void start_on_little(void)
{
	thread_create(&other, "other", 1, nothing, NULL, stacks[1],
		      THREAD_MIN_STACK - 16);
}

static void start_on_odd(void)
{
	thread_create(&other, "other", 1, nothing, NULL, stacks[1] + 8, THREAD_MIN_STACK);
}

/* The clock hook kills the interrupted thread at the end of its time slice. */
static uint32_t end_interrupted(uint32_t periods)
{
	clock_count_hook = NULL;
	thread_kill(&other);
	return periods < THREAD_SLICE ? THREAD_SLICE : periods;
}

static void spin(void *unused)
{
	(void)unused;
	clock_count_hook = end_interrupted;
	while (clock_count_hook)
		__asm__ volatile("" : : : "memory");
	print("it runs on\n");
}

static void ended_by_tick(void)
{
	thread_create(&other, "other", 1, spin, NULL, stacks[1], sizeof(stacks[1]));
	thread_join(&other, WAIT_FOREVER);
	clock_sleep(2);
	kernel_stop(9);
}

/* Two threads write lines of one letter each, while the clock preempts them. */
static void write_lines(void *letter)
{
	char line[PRINT_MAX];

	for (int i = 0; i < PRINT_MAX - 1; i++)
		line[i] = *(const char *)letter;
	line[PRINT_MAX - 1] = '\n';
	for (int i = 0; i < 300; i++)
		console_write(line, PRINT_MAX);
}

static void lines(void)
{
	static char a[] = "a", b[] = "b";

	thread_create(&other, "other", thread_self()->priority, write_lines, a, stacks[1],
		      sizeof(stacks[1]));
	write_lines(b);
	thread_join(&other, WAIT_FOREVER);
	kernel_stop(0);
}

/* Sleeps ten times for 20 ticks; the status is the number of interrupts. */
static uint32_t interrupts;

static uint32_t count(uint32_t periods)
{
	interrupts++;
	return periods;
}

static void nap(void)
{
	clock_count_hook = count;
	for (int i = 0; i < 10; i++)
		clock_sleep(20);
	kernel_stop((int)(interrupts < 127 ? interrupts : 127));
}

static const struct {
	const char *option;
	void (*run)(void);
} corners[] = {
	{ "handler", fault_in_handler },
	{ "open-handler", fault_in_open_handler },
	{ "closed", fault_closed },
	{ "overflow", overflow },
	{ "idle-priority", take_idle_priority },
	{ "below-idle", start_below_idle },
	{ "little-stack", start_on_little },
	{ "odd-stack", start_on_odd },
	{ "tick", ended_by_tick },
	{ "naps", nap },
	{ "lines", lines },
};

static void show(void)
{
	static const char eighty[] = "0123456789012345678901234567890123456789"
				     "0123456789012345678901234567890123456789";

	print("[%s] [%3s] [%-3s] [%1s] [%c]\n", "ab", "ab", "ab", "ab", 'c');
	print("[%d] [%d] [%4d] [%-4d]\n", 2147483647, -2147483647 - 1, -12, -12);
	print("[%u] [%x] [%3u] [%-3x] [%%]\n", 4294967295u, 0xdeadbeefu, 7u, 7u);
	print("%s%s%s\n", eighty, eighty, eighty);
	print("\n%u\n", option_number("number", 5));
}

static void run(void *unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(corners) / sizeof(*corners); i++)
		if (option_is_given(corners[i].option))
			corners[i].run();
	show();
	kernel_stop(0);
}

const struct application application = {
	.name = "corners",
	.clock_rate = 100,
	.main = run,
	.priority = 2,
	.stack = stacks[0],
	.stack_size = sizeof(stacks[0]),
};
