/*
 * A task with a stack of 4,096 bytes, too small for interrupts. Canaries lie below it.
 * Arguments: the case, and 1 to set the stack limit; or "exact" or "exact-raise", and the
 * limit's offset. The exit status is 0 if the canaries are as they were, and 3 if an
 * interrupt wrote over them.
 */
#include "../../lib/interrupts_case.h"
#include "../../lib/switch_stacks.h"
#include "interrupts.h"

#define STACK	 4096
#define CANARIES 65536 /* more than eight frames with all vector registers */
#define CANARY	 0x5a
/* Less than the frame of an interrupt that calls no function of the handler's own. */
#define ROOM 512

static struct {
	unsigned char canaries[CANARIES];
	unsigned char stack[STACK];
} task __attribute__((__aligned__(64)));

static void *task_sp, *main_sp;
static int (*task_body)(void);
static int task_result, use_limit, exact_raise;
static volatile unsigned ticks, softs, deepest, depth, wanted_depth;

static void tick_at(uint64_t delay)
{
	_BSP_Virtual_Clock_oneshot(_BSP_Virtual_Clock_read() + delay);
}

/* Each handler lets the next one in, as an RTOS does that enables nesting. */
static void isr(int vector, void *frame)
{
	(void)frame;
	if (vector == CLOCK)
		ticks++;
	else
		softs++;
	_CPU_Virtual_Irq_ack(vector);
	if (++depth > deepest)
		deepest = depth;
	if (depth < wanted_depth) {
		tick_at(MILLISECOND);
		_CPU_Virtual_Interrupts_open();
		while (deepest == depth)
			;
		_CPU_Virtual_Interrupts_close();
	}
	depth--;
}

/* Calls the function with less than ROOM bytes of stack left. */
static int with_little_stack(int (*function)(void))
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	volatile char *used = __builtin_alloca(here - (uintptr_t)task.stack - ROOM);
	int result;

	used[0] = 1;
	result = function();
	return result + !used[0];
}

static int waits_for_a_tick(void)
{
	unsigned before = ticks;

	_CPU_Virtual_Interrupts_open();
	tick_at(3 * MILLISECOND);
	CHECK(REACHES(ticks > before));
	return 0;
}

static int nests(void)
{
	wanted_depth = 8;
	_CPU_Virtual_Interrupts_open();
	tick_at(0);
	while (deepest < wanted_depth)
		;
	return 0;
}

static int in_own_code(void)
{
	return with_little_stack(waits_for_a_tick);
}

static int at_the_return(void)
{
	_CPU_Virtual_Interrupts_open();
	tick_at(3 * MILLISECOND);
	return compute_gated(10 * MILLISECOND, &ticks) != 0 || ticks != 1;
}

static int at_a_return(void)
{
	return with_little_stack(at_the_return);
}

static int callback(int times)
{
	(void)times;
	tick_at(MILLISECOND);
	for (uint64_t end = _BSP_Virtual_Clock_read() + 5 * MILLISECOND;
	     _BSP_Virtual_Clock_read() < end;)
		;
	return ticks == 0 ? 7 : 0;
}

static int after_the_callback(void)
{
	_CPU_Virtual_Interrupts_open();
	return call_gated(callback, 1) != 7 || ticks != 1;
}

static int in_a_callback(void)
{
	return with_little_stack(after_the_callback);
}

/* The frame is on the stack for faults, which has room. */
static void on_fault(struct jumpslot_fault *fault)
{
	const unsigned before = ticks;

	_CPU_Virtual_Interrupts_open();
	tick_at(0);
	while (ticks == before)
		;
	_CPU_Virtual_Interrupts_close();
	fault->pc = fault->bx;
	fault->decision = JUMPSLOT_FAULT_RETRY;
}

static int faults(void)
{
	const uint64_t limit = __jumpslot_vcpu.stack_limit;
	const void *high = (const void *)(UINTPTR_MAX - 4095);

	_BSP_Virtual_faulthandler(on_fault);
	if (limit) /* no place is above it, so the handler has to have its own */
		_CPU_Virtual_Set_stack_limit(high);
#ifdef __x86_64__
	__asm__ volatile("lea 1f(%%rip), %%rbx; ud2; 1:" : : : "rbx", "memory");
#else
	__asm__ volatile("mov $1f, %%ebx; ud2; 1:" : : : "ebx", "memory");
#endif
	CHECK(ticks == 1);
	CHECK(__jumpslot_vcpu.stack_limit == (limit ? (uintptr_t)high : 0));
	_CPU_Virtual_Set_stack_limit((const void *)(uintptr_t)limit);
	print("fault handled\n");
	return waits_for_a_tick();
}

static int in_a_fault_handler(void)
{
	return with_little_stack(faults);
}

static int sleeps(void)
{
	_CPU_Virtual_Interrupts_close();
	tick_at(5 * MILLISECOND);
	return _CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER);
}

static int in_a_wait(void)
{
	return with_little_stack(sleeps);
}

/* The host calls the handler like a function: a smaller frame, for almost no stack. */
static int raises(void)
{
	_CPU_Virtual_Interrupts_open();
	return _CPU_Virtual_Irq_raise(SOFT) || softs != 1;
}

static int by_raising(void)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	volatile char *used = __builtin_alloca(here - (uintptr_t)task.stack - 160);
	int result;

	used[0] = 1;
	result = raises();
	return result + !used[0];
}

/* A handler that takes no stack itself. */
static void count(int vector, void *frame)
{
	(void)frame;
	if (vector == CLOCK)
		ticks++;
	else
		softs++;
}

/* All that is below the limit has a canary, unless the limit is above this stack pointer:
 * then the host reports it. */
static int at_an_exact_limit(void)
{
	unsigned char *limit = task.canaries + number_argument(2);
	unsigned char *here = __builtin_frame_address(0);

	for (unsigned char *at = task.canaries; at < limit && limit < here - 128; at++)
		*(volatile unsigned char *)at = CANARY;
	_CPU_Virtual_Set_handler(count);
	_CPU_Virtual_Set_stack_limit(limit);
	_CPU_Virtual_Interrupts_open();
	if (exact_raise)
		_CPU_Virtual_Irq_raise(SOFT);
	else
		tick_at(20 * MILLISECOND);
	while (!ticks && !softs)
		;
	_CPU_Virtual_Interrupts_close();
	for (const unsigned char *at = task.canaries; at < limit; at++)
		if (*at != CANARY)
			return 1;
	return 0;
}

static void run_task(void)
{
	void *unused;

	task_result = task_body();
	_CPU_Virtual_Interrupts_close();
	_CPU_Virtual_Set_stack_limit(NULL);
	switch_stacks(&unused, main_sp);
}

static int canaries_changed(void)
{
	int changed = 0;

	for (size_t i = 0; i < CANARIES; i++)
		changed |= task.canaries[i] != CANARY;
	return changed;
}

static int run(int (*body)(void))
{
	CHECK(_CPU_Virtual_Set_handler(isr) == 0);
	CHECK(_CPU_Virtual_Irq_request(CLOCK) == 0);
	CHECK(_CPU_Virtual_Irq_request(SOFT) == 0);
	CHECK(_BSP_Virtual_Clock_init() == 0);
	__builtin_memset(task.canaries, CANARY, CANARIES);
	task_body = body;
	if (use_limit)
		_CPU_Virtual_Set_stack_limit(task.stack);
	task_sp = stack_for(task.stack + STACK, run_task);
	switch_stacks(&main_sp, task_sp);
	CHECK(task_result == 0);
	return canaries_changed() ? 3 : 0;
}

/* The limit is the task's alone: the first stack has none, and takes interrupts. */
static int limited_then_not(void)
{
	int result = run(waits_for_a_tick);

	return result ? result : waits_for_a_tick();
}

static const struct {
	const char *name;
	int (*body)(void);
} bodies[] = {
	{ "own-code", in_own_code },	 { "nested", nests },
	{ "return", at_a_return },	 { "callback", in_a_callback },
	{ "fault", in_a_fault_handler }, { "wait", in_a_wait },
	{ "raise", by_raising },
};

/* Nothing here has a memset(). */
void *memset(void *to, int byte, size_t count)
{
	for (size_t i = 0; i < count; i++)
		((volatile unsigned char *)to)[i] = (unsigned char)byte;
	return to;
}

JUMPSLOT_ENTRY(info)
{
	char name[32] = "";

	(void)info;
	jumpslot_argument(1, name, sizeof(name));
	use_limit = (int)number_argument(2);
	exact_raise = is_same(name, "exact-raise");
	if (exact_raise || is_same(name, "exact")) {
		use_limit = 0;
		run(at_an_exact_limit);
		return task_result;
	}
	if (is_same(name, "enough"))
		return limited_then_not();
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++)
		if (is_same(name, bodies[i].name))
			return run(bodies[i].body);
	return 99;
}
