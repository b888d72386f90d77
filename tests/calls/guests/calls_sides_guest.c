/*
 * Checks one subject of calls_sides.h, which the first argument names (`subjects`, at the
 * end), and prints what is wrong. The exit status is the number of failed checks.
 */
#include <jumpslot/arguments.h>
#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>
#include "calls_sides.h"
#include "calls_check.h"

/* Linux's numbers, on both architectures. */
enum { SIGUSR1 = 10, SIGUSR2 = 12, SIGURG = 23 };

static const struct float_control psabi = { 0x1f80, 0x037f };
/* Round up, flush denormals to zero; x87 has the precision of double. */
static const struct float_control guests = { 0xdfc0, 0x0a7f };
/* The psABI's, with fesetround(FE_UPWARD). */
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

/* The last digit of one third shows how the host rounds. */
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

/* The host divides by zero, which is a fault in the guest but not in the host. */
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

/* Variadic functions run on the guest's stack, with the host's control. */
enum way { GATED, VARIADIC };

static int host_sees(enum way way, const struct float_control *expected)
{
	struct float_control seen;

	if (way == GATED)
		gated_float_control(&seen);
	else
		variadic_float_control(&seen);
	return same(&seen, expected, sizeof(seen));
}

static void set_hosts(enum way way, const struct float_control *control)
{
	if (way == GATED)
		gated_set_float_control(control);
	else
		variadic_set_float_control(control);
}

static void check_way(enum way way, const struct float_control *other, int round)
{
	set_float_control(other);
	check(host_sees(way, &psabi), "the host's, when the guest alone changes", round);
	check(own_is(other), "the guest's, when it alone changes", round);
	set_float_control(&psabi);
	set_hosts(way, other);
	check(own_is(&psabi), "the guest's, when the host alone changes", round);
	check(host_sees(way, other), "the host's, when it alone changes", round);
	check(own_is(&psabi), "the guest's, when the host alone had changed", round);
	set_hosts(way, &psabi);
}

static const struct float_control *in_callback;

static void set_in_callback(void)
{
	check(own_is(&psabi), "the guest's, in a callback", 0);
	set_float_control(in_callback);
}

static void check_in_callback(const struct float_control *other, int round)
{
	in_callback = other;
	check(gated_call_back(set_in_callback), "the host's, after a callback", round);
	check(own_is(other), "the guest's, after a callback", round);
	set_float_control(&psabi);
}

/* Changes each of the two registers alone. */
static void check_alone(int round)
{
	static const struct float_control others[] = { { 0x5f80, 0x037f },
						       { 0x1f80, 0x0a7f } };

	gated_set_float_control(&psabi);
	for (int i = 0; i < 2; i++) {
		check_way(GATED, &others[i], round);
		check_way(VARIADIC, &others[i], round);
		check_in_callback(&others[i], round);
	}
	gated_set_float_control(&hosts);
}

/* Flags that the host raises do not fault in the guest, which has that exception
 * unmasked; but the guest can read them. */
static void check_flags(int round)
{
	static const struct float_control unmasked = { 0x1f80, 0x037b };
	unsigned mxcsr;
	uint16_t status;

	set_float_control(&unmasked);
	gated_raise_flags();
	__asm__ volatile("fwait");
	check(own_is(&unmasked), "unmasked exceptions of x87", round);
	set_float_control(&guests);
	gated_raise_flags();
	__asm__ volatile("fnstsw %0" : "=m"(status));
	__asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
	check(status & 4 && mxcsr & 4, "the flags of a division by zero", round);
	__asm__ volatile("fnclex");
	set_float_control(&psabi);
}

static void check_floats(int round)
{
	check_float_control(round);
	check_float_exceptions(round);
	check_alone(round);
	check_flags(round);
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

static void check_variadic_masks(int round)
{
	check(!variadic_is_masked(SIGUSR1), "no mask, variadic", round);
	check(variadic_mask(SIGUSR1) == 0, "masking a signal, variadic", round);
	check(!direct_is_masked(SIGUSR1), "the guest's mask, variadic", round);
	check(variadic_is_masked(SIGUSR1), "the host's mask, variadic", round);
	check(gated_is_masked(SIGUSR1), "the host's mask, of a variadic function", round);
	check(!direct_is_masked(SIGUSR1), "the guest's mask, variadic, later", round);
	check(variadic_unmask(SIGUSR1) == 0, "unmasking a signal, variadic", round);
	check(!variadic_is_masked(SIGUSR1) && !direct_is_masked(SIGUSR1),
	      "no mask, variadic, at last", round);
}

static int masked_in_callback;

static void look_in_callback(void)
{
	masked_in_callback = direct_is_masked(SIGUSR1);
}

/* Masks of another thread, of a child, and in a signal handler are not the host's. */
static void check_masks_of_others(int round)
{
	check(gated_mask_in_thread(SIGUSR1) == 0 && !gated_is_masked(SIGUSR1),
	      "a mask of another thread", round);
	check(gated_mask_in_child(SIGUSR1) == 0 && !gated_is_masked(SIGUSR1),
	      "a mask of another process", round);
	check(gated_handle(SIGUSR2, SIGUSR1) == 0 && !gated_is_masked(SIGUSR2) &&
		      !gated_is_masked(SIGUSR1),
	      "a mask of a signal's handler", round);
	gated_mask(SIGUSR2);
	gated_mask(SIGUSR1);
	masked_in_callback = 1;
	gated_call_back(look_in_callback);
	check(!masked_in_callback && gated_is_masked(SIGUSR1), "a mask in a callback",
	      round);
	gated_unmask(SIGUSR1);
	check(gated_refused_masks() == 0, "refused masks", round);
	gated_unmask(SIGUSR2);
}

static void check_masks(int round)
{
	check_mask_of(SIGUSR1, round);
	gated_mask(SIGUSR2);
	check_mask_of(SIGUSR1, round);
	check_variadic_masks(round);
	check(gated_is_masked(SIGUSR2), "another signal's mask", round);
	gated_unmask(SIGUSR2);
	check_variadic_masks(round);
	check_masks_of_others(round);
}

/* The test masks SIGUSR1 at the start, and SIGUSR2 in jumpslot_provider_init(). */
static void check_inherited(int round)
{
	if (round)
		return;
	check(direct_is_masked(SIGUSR1), "the guest's, from the start", round);
	check(gated_is_masked(SIGUSR1), "the host's, from the start", round);
	check(!direct_is_masked(SIGUSR2), "the guest's, of an initial one", round);
	check(gated_is_masked(SIGUSR2), "the host's, of an initial one", round);
	check(!direct_is_masked(SIGUSR2), "the guest's, of an initial one, later", round);
	gated_unmask(SIGUSR1);
	check(direct_is_masked(SIGUSR1), "the guest's, as from the start", round);
	check(!gated_is_masked(SIGUSR1), "the host's, changed since", round);
	check(gated_is_masked(SIGUSR2), "the host's, of an initial one, at last", round);
}

#define LATER_NS UINT64_C(1000000000000) /* after the test's end */

/* Only the clock's timer sends the signal to a guest whose sources hold it back, once it
 * is set. */
static void start_clock(int round)
{
	static int started;

	if (started)
		return;
	check(!blocking_is_masked(SIGURG), "the interrupt signal, without a clock",
	      round);
	check(_BSP_Virtual_Clock_init() == 0, "the clock's timer", round);
	check(!blocking_is_masked(SIGURG), "the interrupt signal, with a clock not set",
	      round);
	check(_BSP_Virtual_Clock_periodic(LATER_NS, LATER_NS) == 0, "setting the clock",
	      round);
	started = 1;
}

static void check_blocking(int round)
{
	start_clock(round);
	check(blocking_is_masked(SIGURG), "the interrupt signal, blocking", round);
	check(!direct_is_masked(SIGURG), "the interrupt signal, in the guest", round);
	check(!gated_is_masked(SIGURG), "the interrupt signal, gated", round);
	check(!blocking_is_masked(SIGUSR1), "another signal, blocking", round);
	check(blocking_mask(SIGUSR1) == 0, "masking, blocking", round);
	check(gated_is_masked(SIGUSR1), "another signal, masked when blocking", round);
	check(!gated_is_masked(SIGURG), "the interrupt signal, gated then", round);
	check(!direct_is_masked(SIGURG), "the interrupt signal, in the guest then",
	      round);
	check(blocking_is_masked(SIGURG), "the interrupt signal, blocking then", round);
	check(blocking_unmask(SIGUSR1) == 0, "unmasking, blocking", round);
	check(!gated_is_masked(SIGUSR1), "another signal, unmasked when blocking", round);
	gated_mask(SIGURG);
	check(blocking_is_masked(SIGURG), "the interrupt signal, masked by the host",
	      round);
	check(gated_is_masked(SIGURG), "the interrupt signal, as the host masked it",
	      round);
	check(!direct_is_masked(SIGURG),
	      "the interrupt signal, masked for the host alone", round);
	gated_unmask(SIGURG);
	check(!gated_is_masked(SIGURG), "the interrupt signal, at last", round);
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

/* A stack as small as a thread's in an RTOS, between bytes that must not change. */
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

static unsigned char *frame_of_callback;

static __attribute__((__noinline__)) void note_frame(void)
{
	frame_of_callback = __builtin_frame_address(0);
}

static void call_back_here(void)
{
	sum = (size_t)gated_call_back(note_frame);
}

/* When the callback returns, nothing of the host has been written below its frame. */
static void check_callback_on_small_stack(int round)
{
	check_on_small_stack(call_back_here, 1, round);
	for (unsigned char *at = frame_of_callback - 64; at > small.stack; at--)
		if (*at != CANARY)
			frame_of_callback = small.stack;
	check(frame_of_callback > small.stack, "the memory below a callback", round);
}

static void check_small_stack(int round)
{
	check_on_small_stack(go_deep, HOST_NEEDS, round);
	check_callback_on_small_stack(round);
}

/* Must fail, which proves that the checker can. */
static void check_overflow(int round)
{
	check_on_small_stack(go_deep_on_own_stack, STACK + 1024, round);
}

static void add_up(void)
{
	sum = stated_sum(9, 1, 2, 3, 4, 5, 6, 7, 8, 9);
}

/* The arguments end at the end of memory: the stated bytes are only a bound. */
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

/* The host masks all signals, SIGSEGV too, and the gate copies past the end of memory. */
static void check_mask_all(int round)
{
	gated_mask_all();
	check(gated_is_masked(SIGUSR1) && !direct_is_masked(SIGUSR1), "all signals",
	      round);
	check_end_of_memory(round);
}

static void check_crash(int round)
{
	check(gated_read((const int *)16), "an address without memory", round);
}

static void check_crash_of_variadic(int round)
{
	check(variadic_read((const int *)16), "an address without memory", round);
}

static void check_trap(int round)
{
	check(gated_trap(), "an undefined instruction", round);
}

static void check_crash_with_mask(int round)
{
	gated_mask_all();
	check_crash(round);
}

/* Must fail too: the gate copies only as many bytes as are stated. */
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
	{ "inherited", check_inherited },
	{ "mask-all", check_mask_all },
	{ "crash", check_crash },
	{ "crash-variadic", check_crash_of_variadic },
	{ "trap", check_trap },
	{ "crash-mask-all", check_crash_with_mask },
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
