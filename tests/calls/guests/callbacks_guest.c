/*
 * Callbacks that must work, and callbacks that must be diagnosed. The first argument on
 * the command line selects one of `cases`; the exit status is 0 if all was right.
 */
#include <jumpslot/arguments.h>
#include <jumpslot/entry.h>
#include <jumpslot/virt_cpu.h>
#include "callbacks.h"
#include "../../lib/switch_stacks.h"

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
		(long double)h + i + j + 4.5L) /
	       3;
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

#define MAKE(size)                                                                       \
	static struct callbacks_bytes_##size make_##size(void)                           \
	{                                                                                \
		struct callbacks_bytes_##size made;                                      \
                                                                                         \
		for (unsigned i = 0; i < size; i++)                                      \
			made.bytes[i] = (unsigned char)(i + 1);                          \
		return made;                                                             \
	}
CALLBACKS_SIZES(MAKE)

#define MAKER(size) make_##size,
static const struct callbacks_makers makers = { CALLBACKS_SIZES(MAKER) };

static int structs_come_back(void)
{
	return call_back_makers(&makers) && call_back_makers_variadic(&makers);
}

/* Compilers call this function to copy structures. */
void *memcpy(void *restrict to, const void *restrict from, __SIZE_TYPE__ size);
void *memcpy(void *restrict to, const void *restrict from, __SIZE_TYPE__ size)
{
	void *at = to;

	__asm__ volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(size) : : "memory");
	return to;
}

#define WIDE(n) struct callbacks_wide wide_##n, long double number_##n
#define IS_WIDE(n)                                                                       \
	(wide_##n.words[0] == (n) && wide_##n.words[7] == 10 * (n) &&                    \
	 number_##n == (n) + 0.5L)

static int64_t wide(WIDE(1), WIDE(2), WIDE(3), WIDE(4), WIDE(5), WIDE(6), WIDE(7),
		    WIDE(8))
{
	return IS_WIDE(1) && IS_WIDE(2) && IS_WIDE(3) && IS_WIDE(4) && IS_WIDE(5) &&
	       IS_WIDE(6) && IS_WIDE(7) && IS_WIDE(8);
}

static int wide_ones_arrive(void)
{
	return call_back_wide(wide) && call_back_wide_variadic(wide);
}

static int six(void *a, void *b, void *c, void *d, void *e, void *f)
{
	return (int)((uintptr_t)a + (uintptr_t)b + (uintptr_t)c + (uintptr_t)d +
		     (uintptr_t)e + (uintptr_t)f);
}

static int sum_of_doubles(int count, ...)
{
	__builtin_va_list arguments;
	double result = 0;

	__builtin_va_start(arguments, count);
	while (count-- > 0)
		result += __builtin_va_arg(arguments, double);
	__builtin_va_end(arguments);
	return (int)result;
}

callback_doubles count_in_guest;
callback_plain pop_in_guest;
int set_alignment_check(void);
__asm__("	.text\n"
	"count_in_guest:\n"
#ifdef __x86_64__
	"	movzbl	%al, %eax\n"
#else
	"	xor	%eax, %eax\n"
#endif
	"	ret\n"
	"pop_in_guest:\n"
	"	ret	$16\n"
	"set_alignment_check:\n"
	"	pushf\n"
#ifdef __x86_64__
	"	orl	$0x40000, (%rsp)\n"
#else
	"	orl	$0x40000, (%esp)\n"
#endif
	"	popf\n"
	"	ret\n");

#ifdef __x86_64__
#define VECTORS 3
#else
#define VECTORS 0
#endif

static int doubles_arrive(int unused UNUSED)
{
	return sum_doubles(3, 1.5, 2.5, 3.0) == 7 &&
	       sum_doubles_stated(3, 1.5, 2.5, 3.0) == 7 &&
	       count_vectors(3, 1.5, 2.5, 3.0) == VECTORS && count_vectors(3) == 0 &&
	       count_vectors_stated(3, 1.5, 2.5, 3.0) == VECTORS &&
	       count_vectors_stated(3) == 0 && call_back_doubles(sum_of_doubles) == 7 &&
	       call_back_doubles(count_in_guest) == VECTORS;
}

static int variadic_ones_arrive(void)
{
	return doubles_arrive(0) && call_back(doubles_arrive, 0) == 1 &&
	       call_back_variadic(doubles_arrive, 0) == 1;
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

/* In .bss, away from the stack on which the guest starts. */
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

/* Runs a function on another stack. */
static void on_stack(char *top, void (*function)(void))
{
#ifdef __x86_64__
	__asm__ volatile("mov %%rsp, %%rbx; mov %0, %%rsp; call *%1; mov %%rbx, %%rsp"
			 :
			 : "r"(top), "r"(function)
			 : "rbx", "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10",
			   "r11", "memory", "cc");
#else
	__asm__ volatile("mov %%esp, %%ebx; mov %0, %%esp; call *%1; mov %%ebx, %%esp"
			 :
			 : "r"(top), "r"(function)
			 : "ebx", "eax", "ecx", "edx", "memory", "cc");
#endif
}

/* The linker places it last: there is no memory after it. */
char last_stack[0x4000] __attribute__((__common__, __aligned__(0x1000)));

static void call_six_back(void)
{
	result_of_switch = call_back_six_variadic(six);
}

static void count_on_stack(void)
{
	result_of_switch = sum_doubles_stated(3, 1.5, 2.5, 3.0);
}

static int arguments_may_end_with_memory(void)
{
	char *end = last_stack + sizeof(last_stack);

	if (is_memory(end) || !is_memory(end - 1))
		return 0;
	on_stack(end, call_six_back);
	if (result_of_switch != 21)
		return 0;
	on_stack(end, count_on_stack);
	return result_of_switch == 7 && call_back_six_variadic(six) == 21;
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
	call_back_and_compare(twice); /* a nested call that sets errno */
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

static int fault_aligned(int value)
{
	set_alignment_check();
	return fault(value);
}

static int faults_aligned(void)
{
	return call_back(fault_aligned, 1);
}

static int faults_in_variadic(void)
{
	return call_back_variadic(fault, 1);
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

static int jumps_across_to_variadic(void)
{
	if (!__builtin_setjmp(way_out))
		call_back(jump_across, 1);
	return add_one_variadic(1) == 2;
}

static int jumps_across_variadic(void)
{
	if (!__builtin_setjmp(way_out))
		call_back_variadic(jump_across, 1);
	return add_one_variadic(1) == 2;
}

/* So deep that later frames overwrite the abandoned ones. */
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

static int hosts_longjmp_variadic(int value)
{
	return leave_by_longjmp_variadic(value);
}

static int hosts_longjmp_direct(int value)
{
	return leave_by_longjmp_direct(value);
}

static int host_jumps_across(void)
{
	return call_back_with_setjmp(hosts_longjmp, 5) == 5;
}

static int host_jumps_across_direct(void)
{
	return call_back_with_setjmp(hosts_longjmp_direct, 5) == 5;
}

static int host_jumps_to_variadic(void)
{
	return call_back_with_setjmp_variadic(hosts_longjmp) == 5;
}

static int host_jumps_across_variadic(void)
{
	return call_back_with_setjmp_variadic(hosts_longjmp_variadic) == 5;
}

static int once_more(int value)
{
	if (value > 0)
		return leave_by_longjmp(1);
	say("called back once more");
	return value;
}

static int host_calls_after_longjmp(void)
{
	return call_back_after_longjmp(once_more, 5);
}

static int pops_too_much(void)
{
	return pop_too_much(1);
}

static int pops_too_much_in_callback(void)
{
	return call_back(pop_in_guest, 1);
}

static int speak(int value)
{
	say("called back at exit");
	return value;
}

static int returns_and_is_called(void)
{
	call_back_at_exit(speak);
	return 1;
}

static int ends_and_is_called(void)
{
	call_back_at_exit(speak);
	return call_back(leave, 0);
}

/* Two threads of the guest. */
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
	other_thread = stack_for(stack + sizeof(stack), function);
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

/* The callback runs on a stack just below the one of the next call. */
static int result_of_callback;

static void call_back_from_below(void)
{
	result_of_callback = call_back(yield_to_main, 7);
	for (;;)
		yield_to_main(0);
}

static void call_from_above(void)
{
	start_other(call_back_from_below);
	result_of_switch = add_one(1) + add_one_variadic(1);
	yield_to_other(0);
}

static int switches_up(void)
{
	on_stack(last_stack + sizeof(last_stack), call_from_above);
	return &last_stack[0] > &stack[0] && result_of_switch == 4 &&
	       result_of_callback == 7;
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
	return call_back(add_one, 1) == 2 && call_plainly(add_one, 1) == 2 &&
	       call_back_doubles(sum_doubles) == 7 &&
	       call_plainly_doubles(sum_doubles) == 7 &&
	       call_plainly_doubles(sum_doubles_stated) == 7 &&
	       call_plainly_doubles(count_vectors) == VECTORS &&
	       call_plainly_doubles(count_vectors_stated) == VECTORS;
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
	{ "structs", structs_come_back },
	{ "wide", wide_ones_arrive },
	{ "variadic", variadic_ones_arrive },
	{ "end-of-memory", arguments_may_end_with_memory },
	{ "sort", sorts },
	{ "stack", runs_on_the_guests_stack },
	{ "sides", sides_stay_apart },
	{ "thousand", a_thousand_deep },
	{ "endless", without_end },
	{ "fault", faults },
	{ "fault-aligned", faults_aligned },
	{ "fault-variadic", faults_in_variadic },
	{ "spin", never_returns },
	{ "exit", ends_the_guest },
	{ "jump-inside", jumps_inside },
	{ "jump-across", jumps_across },
	{ "jump-across-to-variadic", jumps_across_to_variadic },
	{ "jump-across-variadic", jumps_across_variadic },
	{ "jump-far", jumps_far_across },
	{ "jump-return", jumps_across_and_returns },
	{ "host-jump", host_jumps_across },
	{ "host-jump-direct", host_jumps_across_direct },
	{ "host-jump-to-variadic", host_jumps_to_variadic },
	{ "host-jump-variadic", host_jumps_across_variadic },
	{ "host-jump-and-call", host_calls_after_longjmp },
	{ "pop", pops_too_much },
	{ "pop-in-callback", pops_too_much_in_callback },
	{ "return-and-call", returns_and_is_called },
	{ "end-and-call", ends_and_is_called },
	{ "switch", switches_threads },
	{ "switch-up", switches_up },
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
