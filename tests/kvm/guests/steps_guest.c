/*
 * An interrupt at each instruction of what runs in the virtual machine: gate, first call,
 * return from a handler, waits, and inline functions. Each round of a window raises one
 * instruction later, until the window ends before that. Prints the number of rounds.
 */
#include "../../lib/interrupts_case.h"
#include "steps.h"

static volatile unsigned came[2], in_callback;
static volatile uintptr_t stack[2];
static unsigned round_number;
static const char *wrong;
static struct steps_raised raised = { .pending = &__jumpslot_vcpu.pending };

static void handler(int vector, void *frame)
{
	(void)frame;
	came[vector - STEPS_VECTOR]++;
	stack[vector - STEPS_VECTOR] = (uintptr_t)__builtin_frame_address(0);
	_CPU_Virtual_Irq_ack(vector);
}

#define EXPECT_HERE(condition)                                                           \
	do                                                                               \
		if (!(condition) && !wrong)                                              \
			wrong = #condition;                                              \
	while (0)

static void call(void)
{
	EXPECT_HERE(steps_add(40, 2) == 42);
}

static void call_variadic(void)
{
	EXPECT_HERE(steps_add_many(8, 1, 2, 3, 4, 5, 6, 7, 8) == 36);
}

static int called_back(int value)
{
	const unsigned before = came[0] + came[1];

	for (int i = 0; i < 3; i++)
		value += 2;
	in_callback += came[0] + came[1] - before;
	return value;
}

static void call_back(void)
{
	EXPECT_HERE(steps_call_back(called_back, 35) == 42);
	EXPECT_HERE(!in_callback);
}

static void first_call(void)
{
#define ADDRESS(name) name,
	static int (*const binds[])(int) = { STEPS_BINDS(ADDRESS) };

	if (round_number <= sizeof(binds) / sizeof(*binds))
		EXPECT_HERE(binds[round_number - 1](41) == 42);
	else
		EXPECT_HERE(!"there are enough functions for the first call");
}

/* The first interrupt comes in the gate, deeper on the stack. The second, also if it
 * comes while the handler returns, needs no more of it. */
static void compute(void)
{
	volatile unsigned sum = 0;

	for (unsigned i = 0; i < 4; i++)
		sum += i;
	EXPECT_HERE(sum == 6);
}

static void enable(void)
{
	const uint32_t level = _CPU_Virtual_Interrupts_disable();

	compute();
	_CPU_Virtual_Interrupts_enable(level);
}

/* A masked vector. */
static void raise_and_clear(void)
{
	_CPU_Virtual_Irq_raise(STEPS_VECTOR + 2);
	_CPU_Virtual_Irq_clear(STEPS_VECTOR + 2);
}

static void mask_and_unmask(void)
{
	_CPU_Virtual_Irq_unmask(STEPS_VECTOR + 2);
	_CPU_Virtual_Irq_mask(STEPS_VECTOR + 2);
}

/* The time has come, unless an interrupt does: 0 or -EAGAIN. */
static void wait(void)
{
	const uint32_t level = _CPU_Virtual_Interrupts_disable();
	const int result = _CPU_Virtual_Wait_for_event(1);

	_CPU_Virtual_Interrupts_enable(level);
	EXPECT_HERE(result == -EAGAIN || (result == 0 && came[0] + came[1] > 0));
}

static void read_clock(void)
{
	const uint64_t before = _BSP_Virtual_Clock_read();

	EXPECT_HERE(_BSP_Virtual_Clock_read() >= before);
}

static const struct window {
	const char *name;
	void (*run)(void);
	unsigned first;	   /* instruction of a first interrupt; 0: none */
	unsigned expected; /* rounds at least */
} windows[] = {
	{ "call", call, 0, 40 },
	{ "variadic call", call_variadic, 0, 40 },
	{ "first call", first_call, 0, 40 },
	{ "callback", call_back, 0, 40 },
	{ "enable", enable, 0, 20 },
	{ "raise and clear", raise_and_clear, 0, 20 },
	{ "mask and unmask", mask_and_unmask, 0, 20 },
	{ "wait", wait, 0, 20 },
	{ "clock", read_clock, 0, 20 },
	{ "handler", compute, 5, 100 },
	{ "handler in a call", call, 20, 100 },
};

/* Returns how many interrupts the round raised. */
static unsigned run_round(const struct window *window)
{
	const unsigned second = round_number;
	unsigned before;

	came[0] = came[1] = 0;
	if (window->first)
		steps_begin(&raised, window->first, window->first + second);
	else
		steps_begin(&raised, second, 0);
	window->run();
	before = raised.count;
	EXPECT_HERE(came[0] + came[1] >= before); /* the next exit would deliver it */
	steps_end();
	EXPECT_HERE(came[0] + came[1] == raised.count);
	EXPECT_HERE(came[0] <= 1 && came[1] <= 1);
	EXPECT_HERE(raised.count < 2 || window->run != compute || stack[1] >= stack[0]);
	EXPECT_HERE(!_CPU_Virtual_Interrupts_get_level() && !__jumpslot_vcpu.nesting);
	return raised.count;
}

static void print_round(const char *name)
{
	print(name);
	print(": ");
	print_number(round_number);
}

static int run_window(const struct window *window)
{
	const unsigned wanted = window->first ? 2 : 1;

	round_number = 1;
	while (run_round(window) == wanted && !wrong)
		round_number++;
	if (wrong || round_number < window->expected) {
		print_round(window->name);
		print(": ");
		print(wrong ? wrong : "too few instructions");
		print("\n");
		return 1;
	}
	return 0;
}

JUMPSLOT_ENTRY(info)
{
	(void)info;
	CHECK(_CPU_Virtual_Set_handler(handler) == 0);
	for (int i = 0; i < 3; i++)
		CHECK(_CPU_Virtual_Irq_request(STEPS_VECTOR + i) == 0);
	CHECK(_CPU_Virtual_Irq_mask(STEPS_VECTOR + 2) == 0);
	_CPU_Virtual_Interrupts_open();
	/* Bound from here on. */
	steps_begin(&raised, 0, 0);
	steps_end();
	call();
	call_variadic();
	call_back();
	enable();
	raise_and_clear();
	mask_and_unmask();
	wait();
	read_clock();
	for (size_t i = 0; i < sizeof(windows) / sizeof(*windows); i++) {
		CHECK(!run_window(&windows[i]));
		print_round(windows[i].name);
		print(" rounds\n");
	}
	return 0;
}
