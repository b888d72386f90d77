/*
 * Checks what calls_sides.h promises, of the one subject that the first argument names
 * (`subjects`, at the end), and says what is wrong. The exit status counts it.
 */
#include <jumpslot/arguments.h>
#include <jumpslot/start_info.h>
#include "calls_sides.h"
#include "calls_check.h"

/* Linux's numbers, on both architectures. */
enum { SIGUSR1 = 10, SIGUSR2 = 12, SIGURG = 23 };

static const struct float_control psabi = { 0x1f80, 0x037f };
/* Rounds up, flushes small numbers to zero; x87 is as exact as double. */
static const struct float_control guests = { 0xdfc0, 0x0a7f };
/* The psABI's, but for fesetround(FE_UPWARD). */
static const struct float_control hosts = { 0x5f80, 0x0b7f };

static void set_float_control(const struct float_control *control)
{
	__asm__ volatile("ldmxcsr %0" : : "m"(control->mxcsr));
	__asm__ volatile("fldcw %0" : : "m"(control->x87));
}

static int own_is(const struct float_control *expected)
{
	struct float_control own = { 0 };

	__asm__ volatile("stmxcsr %0" : "=m"(own.mxcsr));
	__asm__ volatile("fnstcw %0" : "+m"(own.x87));
	own.mxcsr &= 0xffc0;
	return same(&own, expected, sizeof(own));
}

static int direct_sees(const struct float_control *expected)
{
	struct float_control seen;

	direct_float_control(&seen);
	return same(&seen, expected, sizeof(seen));
}

static int gated_sees(const struct float_control *expected)
{
	struct float_control seen;

	gated_float_control(&seen);
	return same(&seen, expected, sizeof(seen));
}

/* One third as the host rounds it: its last digit tells how. */
static int host_divides_to(uint64_t expected)
{
	double quotient = gated_divide(1, 3);

	return same(&quotient, &expected, sizeof(quotient));
}

static void check_float_control(int round)
{
	const struct float_control *of_host = round ? &hosts : &psabi;

	set_float_control(&guests);
	check(gated_sees(of_host), "the host's floating-point control", round);
	check(direct_sees(&guests), "the guest's, in a direct function", round);
	check(host_divides_to(round ? 0x3fd5555555555556 : 0x3fd5555555555555),
	      "how the host rounds", round);
	gated_round_up();
	check(own_is(&guests), "the guest's, when the host changed its own", round);
	check(direct_sees(&guests), "the guest's, in a direct function then", round);
	check(gated_sees(&hosts), "the host's, as it changed it", round);
	check(host_divides_to(0x3fd5555555555556), "how the host rounds then", round);
	check(own_is(&guests), "the guest's, at last", round);
	set_float_control(&psabi);
	check(gated_sees(&hosts), "the host's, when the guest changed its own", round);
	check(own_is(&psabi), "the guest's, as it changed it", round);
}

/* The host divides by zero, which the guest has made a fault: its own, not the host's. */
static void check_float_exceptions(int round)
{
	static const struct float_control unmasked = { 0x1d80, 0x037b };
	double infinite;

	set_float_control(&unmasked);
	infinite = gated_divide(1, 0);
	__asm__ volatile("fwait");
	check(own_is(&unmasked), "unmasked exceptions", round);
	set_float_control(&psabi);
	check(infinite > 1e308, "a division by zero", round);
}

static void check_floats(int round)
{
	check_float_control(round);
	check_float_exceptions(round);
}

static void check_mask_of(int number, int round)
{
	check(!gated_is_masked(number) && !direct_is_masked(number), "no mask", round);
	check(gated_mask(number) == 0, "masking a signal", round);
	check(!direct_is_masked(number), "the guest's mask", round);
	check(gated_is_masked(number), "the host's mask", round);
	check(!direct_is_masked(number), "the guest's mask, later", round);
	check(blocking_is_masked(number), "the host's mask, blocking", round);
	check(gated_unmask(number) == 0, "unmasking a signal", round);
	check(!gated_is_masked(number) && !direct_is_masked(number), "no mask, at last",
	      round);
}

static void check_masks(int round)
{
	check_mask_of(SIGUSR1, round);
	gated_mask(SIGUSR2);
	check_mask_of(SIGUSR1, round);
	check(gated_is_masked(SIGUSR2), "another signal's mask", round);
	gated_unmask(SIGUSR2);
}

static void check_blocking(int round)
{
	check(blocking_is_masked(SIGURG), "the interrupt signal, blocking", round);
	check(!direct_is_masked(SIGURG), "the interrupt signal, in the guest", round);
	check(!gated_is_masked(SIGURG), "the interrupt signal, gated", round);
	check(!blocking_is_masked(SIGUSR1), "another signal, blocking", round);
}

static void check_errno(int round)
{
	struct float_control unused;

	gated_swap_errno(33);
	direct_float_control(&unused);
	check(gated_swap_errno(44) == 33, "errno", round);
	check(blocking_swap_errno(55) == 44, "errno, blocking", round);
	check(gated_swap_errno(0) == 55, "errno, after blocking", round);
}

/* A stack such as an RTOS gives to its threads, with bytes around it that nobody owns. */
enum { AROUND = 8192, STACK = 2048, HOST_NEEDS = 256 * 1024, CANARY = 0xa5 };
static struct {
	unsigned char below[AROUND];
	unsigned char stack[STACK];
	unsigned char above[AROUND];
} small __attribute__((__aligned__(16)));
static size_t sum;

/* calls_stack_<arch>.S: calls `function` with `top` as the stack pointer. */
void call_on_stack(void *top, void (*function)(void));

static void go_deep(void)
{
	sum = gated_deep(HOST_NEEDS);
}

static void go_deep_on_own_stack(void)
{
	sum = direct_deep(STACK + 1024);
}

static int untouched(const unsigned char *bytes)
{
	for (int i = 0; i < AROUND; i++)
		if (bytes[i] != CANARY)
			return 0;
	return 1;
}

static void check_on_small_stack(void (*function)(void), size_t expected, int round)
{
	memset(&small, CANARY, sizeof(small));
	sum = 0;
	call_on_stack(small.above, function);
	check(sum == expected, "a function with a large frame", round);
	check(untouched(small.below), "the memory below a small stack", round);
	check(untouched(small.above), "the memory above a small stack", round);
}

static void check_small_stack(int round)
{
	check_on_small_stack(go_deep, HOST_NEEDS, round);
}

/* This one must be found wrong: the checker can fail. */
static void check_overflow(int round)
{
	check_on_small_stack(go_deep_on_own_stack, STACK + 1024, round);
}

static void add_up(void)
{
	sum = stated_sum(9, 1, 2, 3, 4, 5, 6, 7, 8, 9);
}

/* The arguments are there, and no memory behind them: what is stated is only a bound. */
static void check_end_of_memory(int round)
{
	void *area;
	size_t size;

	_BSP_Virtual_getworkspacearea(&area, &size);
	sum = 0;
	call_on_stack((char *)area + size, add_up);
	check(sum == 45, "a stack at the end of the work area", round);
	sum = 0;
	add_up();
	check(sum == 45, "the end of the first stack", round);
}

/* This one must be found wrong, too: the gate copies what is stated, and no more. */
static void check_understated(int round)
{
	check(understated_sum(9, 1, 2, 3, 4, 5, 6, 7, 8, 9) == 45, "nine integers",
	      round);
}

static const struct {
	const char *name;
	void (*check)(int round);
} subjects[] = {
	{ "floats", check_floats },
	{ "masks", check_masks },
	{ "blocking", check_blocking },
	{ "errno", check_errno },
	{ "small-stack", check_small_stack },
	{ "overflow", check_overflow },
	{ "end-of-memory", check_end_of_memory },
	{ "understated", check_understated },
};

JUMPSLOT_ENTRY(info)
{
	char name[16] = "";
	size_t length = (size_t)jumpslot_argument(1, name, sizeof(name));

	(void)info;
	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++)
		for (int round = 0; round < ROUNDS; round++)
			if (same(name, subjects[i].name, length + 1))
				subjects[i].check(round);
	return done();
}
