/*
 * What a host function may call back, and what it must not. The first argument on the command
 * line says which; the exit status is 0 where all was right.
 */
#include <jumpslot/arguments.h>
#include <jumpslot/start_info.h>
#include <jumpslot/virt_cpu.h>
#include "callbacks.h"

#define UNUSED __attribute__((__unused__))

static int depth;

static int twice(int value)
{
	return 2 * value;
}

static int arguments_arrive(void)
{
	return call_back(twice, 21) == 42 && call_back_variadic(twice, 21) == 42 &&
	       call_back_blocking(twice, 21) == 42 && call_plainly(twice, 21) == 42;
}

static long double mixed(char a, double b, int64_t c, float d, long double e, short f,
			 double g, int64_t h, int i, unsigned j, void *k, _Bool l)
{
	if (a != 'a' || c != (int64_t)1 << 40 || !k || !l)
		return 0;
	/* 2.5 4.5 6 7 8.5 9 10 11, and the letter */
	return (a + (long double)b + (long double)d + e + f + (long double)g +
		(long double)h + i + j + 4.5L) / 3;
}

static struct callbacks_record scaled(struct callbacks_record record, int by)
{
	for (int i = 0; i < 5; i++)
		record.words[i] *= by;
	return record;
}

static int every_type_arrives(void)
{
	return call_back_mixed(mixed) == 1 && call_back_record(scaled) == 1;
}

static int compare(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static int sorts(void)
{
	int numbers[] = { 5, 3, 9, 1, 7, 8, 2, 6, 4, 0 };

	sort(numbers, 10, compare);
	for (int i = 0; i < 10; i++)
		if (numbers[i] != i)
			return 0;
	return 1;
}

/* Sits in .bss, so a stack beside it is the guest's own. */
static char stack[0x10000] __attribute__((__aligned__(64)));

static int runs_on(int value)
{
	char here;

	(void)value;
	return &here > stack && &here < stack + sizeof(stack);
}

static int result_of_switch;

static void call_back_from_here(void)
{
	result_of_switch = call_back(runs_on, 0);
}

/* Runs a function on another stack, and comes back. */
static void on_stack(char *top, void (*function)(void))
{
#ifdef __x86_64__
	__asm__ volatile("mov %%rsp, %%rbx; mov %0, %%rsp; call *%1; mov %%rbx, %%rsp"
			 :
			 : "r"(top), "r"(function)
			 : "rbx", "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11",
			   "memory", "cc");
#else
	__asm__ volatile("mov %%esp, %%ebx; mov %0, %%esp; call *%1; mov %%ebx, %%esp"
			 :
			 : "r"(top), "r"(function)
			 : "ebx", "eax", "ecx", "edx", "memory", "cc");
#endif
}

static int runs_on_the_guests_stack(void)
{
	on_stack(stack + sizeof(stack), call_back_from_here);
	return result_of_switch;
}

static unsigned read_rounding(void)
{
	unsigned mxcsr;

	__asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
	return mxcsr >> 13 & 3;
}

static void set_rounding(unsigned rounding)
{
	unsigned mxcsr;

	__asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
	mxcsr = (mxcsr & ~(3u << 13)) | rounding << 13;
	__asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
}

static unsigned rounding_in_callback;

static int disturb(int value)
{
	rounding_in_callback = read_rounding();
	set_rounding(3);
	call_back_and_compare(twice); /* sets errno and all, in a call of its own */
	return value;
}

static int sides_stay_apart(void)
{
	int differs;

	set_rounding(1);
	differs = call_back_and_compare(disturb);
	return !differs && rounding_in_callback == 1 && read_rounding() == 3;
}

static int deeper(int left)
{
	depth++;
	return left ? call_back(deeper, left - 1) + 1 : 0;
}

static int a_thousand_deep(void)
{
	return call_back(deeper, 999) == 999 && depth == 1000 &&
	       call_back_variadic(deeper, 999) == 999 && depth == 2000;
}

static int bottomless(int value)
{
	return call_back(bottomless, value + 1) + 1;
}

static int without_end(void)
{
	return call_back(bottomless, 0);
}

static int fault(int value)
{
	volatile int *volatile nowhere = (volatile int *)16;

	*nowhere = value;
	return 0;
}

static int faults(void)
{
	return call_back(fault, 1);
}

static int spin(int value)
{
	for (;;)
		__asm__ volatile("" : "+r"(value));
	return value;
}

static int never_returns(void)
{
	return call_back(spin, 1);
}

static int leave(int status)
{
	_CPU_Virtual_exec_stop_error(status);
	return 1;
}

static int ends_the_guest(void)
{
	return call_back(leave, 0);
}

static void *way_out[5];

static __attribute__((__noinline__)) void jump_out(void)
{
	__builtin_longjmp(way_out, 1);
}

static int jump_inside(int value)
{
	if (!__builtin_setjmp(way_out))
		jump_out();
	return value;
}

static int jumps_inside(void)
{
	return jump_inside(1) && call_back(jump_inside, 5) == 5 && add_one(1) == 2;
}

static int jump_across(int value UNUSED)
{
	jump_out();
	return 1;
}

static int jumps_across(void)
{
	if (!__builtin_setjmp(way_out))
		call_back(jump_across, 1);
	return add_one(1) == 2;
}

/* Deep enough for what comes later to lie on top of what was left behind. */
static __attribute__((__noinline__)) int jump_across_from_below(int left)
{
	volatile char room[200];

	room[0] = (char)left;
	if (left)
		return jump_across_from_below(left - 1) + room[0];
	return call_back(jump_across, 1);
}

static __attribute__((__noinline__)) int use_the_stack(int left)
{
	volatile char room[200];

	for (unsigned i = 0; i < sizeof(room); i++)
		room[i] = (char)left;
	return left ? use_the_stack(left - 1) + room[7] : add_one(room[5]);
}

static int jumps_far_across(void)
{
	if (!__builtin_setjmp(way_out))
		jump_across_from_below(5);
	return use_the_stack(20) > 0;
}

static int jumps_across_and_returns(void)
{
	if (!__builtin_setjmp(way_out))
		call_back(jump_across, 1);
	return 1;
}

static int hosts_longjmp(int value)
{
	return leave_by_longjmp(value);
}

static int host_jumps_across(void)
{
	return call_back_with_setjmp(hosts_longjmp, 5) == 5;
}

/* Two threads of the guest, which switch as those of an RTOS do. */
void switch_stacks(void **from, void *to);
#ifdef __x86_64__
__asm__("switch_stacks:\n"
	"	push	%rbp\n	push	%rbx\n	push	%r12\n	push	%r13\n"
	"	push	%r14\n	push	%r15\n"
	"	mov	%rsp, (%rdi)\n"
	"	mov	%rsi, %rsp\n"
	"	pop	%r15\n	pop	%r14\n	pop	%r13\n	pop	%r12\n"
	"	pop	%rbx\n	pop	%rbp\n"
	"	ret\n");
#define SAVED_REGISTERS 6
#else
__asm__("switch_stacks:\n"
	"	mov	4(%esp), %eax\n"
	"	mov	8(%esp), %ecx\n"
	"	push	%ebp\n	push	%ebx\n	push	%esi\n	push	%edi\n"
	"	mov	%esp, (%eax)\n"
	"	mov	%ecx, %esp\n"
	"	pop	%edi\n	pop	%esi\n	pop	%ebx\n	pop	%ebp\n"
	"	ret\n");
#define SAVED_REGISTERS 4
#endif

static void *main_thread, *other_thread;

static int yield_to_main(int value)
{
	switch_stacks(&other_thread, main_thread);
	return value;
}

static int yield_to_other(int value)
{
	switch_stacks(&main_thread, other_thread);
	return value;
}

static void start_other(void (*function)(void))
{
	uintptr_t *top = (uintptr_t *)(void *)(stack + sizeof(stack)) - 8;

	top[SAVED_REGISTERS] = (uintptr_t)function; /* and no caller above it */
	other_thread = top;
	yield_to_other(0);
}

static void call_the_host(void)
{
	for (;;)
		yield_to_main(add_one(1));
}

static void yield_in_callback(void)
{
	call_back(yield_to_main, 1);
	for (;;)
		yield_to_main(0);
}

static int switches_threads(void)
{
	start_other(call_the_host);
	return call_back(yield_to_other, 7) == 7 && add_one(1) == 2;
}

/* The other thread's callback is under way; ours begins later, and ends later. */
static int switches_out_of_order(void)
{
	start_other(yield_in_callback);
	return call_back(yield_to_other, 7) == 7;
}

static int from_a_direct_function(void)
{
	return call_back_direct(twice, 21) == 42;
}

static int from_a_thread(void)
{
	return call_back_from_thread(twice, 21) == 42;
}

static int stubs_are_functions(void)
{
	return call_back(add_one, 1) == 2 && call_plainly(add_one, 1) == 2;
}

static int not_the_guests(void)
{
	return call_back((callback_plain *)16, 1) == -14 &&
	       call_back((callback_plain *)(uintptr_t)stack, 1) == -14;
}

static const struct {
	const char *name;
	int (*run)(void);
} cases[] = {
	{ "arguments", arguments_arrive },
	{ "types", every_type_arrives },
	{ "sort", sorts },
	{ "stack", runs_on_the_guests_stack },
	{ "sides", sides_stay_apart },
	{ "thousand", a_thousand_deep },
	{ "endless", without_end },
	{ "fault", faults },
	{ "spin", never_returns },
	{ "exit", ends_the_guest },
	{ "jump-inside", jumps_inside },
	{ "jump-across", jumps_across },
	{ "jump-far", jumps_far_across },
	{ "jump-return", jumps_across_and_returns },
	{ "host-jump", host_jumps_across },
	{ "switch", switches_threads },
	{ "switch-out-of-order", switches_out_of_order },
	{ "direct", from_a_direct_function },
	{ "thread", from_a_thread },
	{ "stubs", stubs_are_functions },
	{ "not-the-guests", not_the_guests },
};

static int same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

JUMPSLOT_ENTRY(info)
{
	char name[32] = "";

	(void)info;
	jumpslot_argument(1, name, sizeof(name));
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (same(name, cases[i].name))
			return cases[i].run() ? 0 : 1;
	say("no such case");
	return 2;
}
