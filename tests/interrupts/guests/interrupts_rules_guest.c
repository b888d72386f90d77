/*
 * The rules of delivery, a case for each: order, nesting, acknowledging, masking, errors.
 * The first argument names the case. The exit status is 0 if all checks passed.
 */
#include "../../lib/interrupts_case.h"

#define MANY 8

static volatile unsigned delivered[JUMPSLOT_VECTORS];
static volatile int order[64];
static volatile unsigned order_count;
static volatile uint32_t deepest;

static void note(int vector)
{
	delivered[vector]++;
	if (order_count < sizeof(order) / sizeof(*order))
		order[order_count++] = vector;
}

static void acknowledge(int vector, void *frame)
{
	(void)frame;
	note(vector);
	EXPECT(_CPU_Virtual_Irq_ack(vector) == 0);
}

static void acknowledge_not(int vector, void *frame)
{
	(void)frame;
	note(vector);
}

static int use(void (*handler)(int, void *), int count)
{
	CHECK(_CPU_Virtual_Set_handler(handler) == 0);
	for (int i = 0; i < count; i++)
		CHECK(_CPU_Virtual_Irq_request(SOFT + i) == 0);
	return 0;
}

static int use_clock(void (*handler)(int, void *))
{
	CHECK(_CPU_Virtual_Set_handler(handler) == 0);
	CHECK(_CPU_Virtual_Irq_request(CLOCK) == 0);
	CHECK(_BSP_Virtual_Clock_init() == 0);
	return 0;
}

static int starts_closed(void)
{
	CHECK(_CPU_Virtual_Interrupts_get_level() == 1);
	CHECK(__jumpslot_vcpu.version == JUMPSLOT_VCPU_VERSION);
	CHECK(__jumpslot_vcpu.size == sizeof(__jumpslot_vcpu));
	CHECK(__jumpslot_vcpu.masked == UINT64_MAX);
	CHECK(__jumpslot_vcpu.nesting == 0 && __jumpslot_vcpu.pending == 0);
	return 0;
}

static int refuses(void)
{
	CHECK(_CPU_Virtual_Irq_request(SOFT) == -EINVAL); /* no handler yet */
	CHECK(_CPU_Virtual_Set_handler(NULL) == -EINVAL);
	CHECK(_CPU_Virtual_Set_handler((void (*)(int, void *))(uintptr_t)order) ==
	      -EINVAL);
	CHECK(_CPU_Virtual_Set_handler(acknowledge) == 0);
	CHECK(_CPU_Virtual_Irq_request(-1) == -EINVAL);
	CHECK(_CPU_Virtual_Irq_request(64) == -EINVAL);
	CHECK(_CPU_Virtual_Irq_request(1 << 30) == -EINVAL);
	for (int line = 2; line < SOFT; line++) /* 1 is the console */
		CHECK(_CPU_Virtual_Irq_request(line) == -EPERM);
	CHECK(_CPU_Virtual_Irq_request(SOFT) == 0);
	CHECK(_CPU_Virtual_Irq_request(SOFT) == -EBUSY);
	CHECK(_CPU_Virtual_Irq_request(63) == 0);
	CHECK(_CPU_Virtual_Irq_raise(CLOCK) == -EINVAL);
	for (int i = -1; i <= 64; i++) {
		if (i == SOFT || i == 63)
			continue;
		CHECK(_CPU_Virtual_Irq_raise(i) == -EINVAL);
		CHECK(_CPU_Virtual_Irq_ack(i) == -EINVAL);
		CHECK(_CPU_Virtual_Irq_mask(i) == -EINVAL);
		CHECK(_CPU_Virtual_Irq_unmask(i) == -EINVAL);
		CHECK(_CPU_Virtual_Irq_detach(i) == -EINVAL);
		CHECK(_CPU_Virtual_Irq_clear(i) == -EINVAL);
		CHECK(_CPU_Virtual_Irq_state(i) == -EINVAL);
	}
	return 0;
}

static int clock_refuses(void)
{
	CHECK(_BSP_Virtual_Clock_oneshot(0) == -EINVAL); /* no _init() yet */
	CHECK(_BSP_Virtual_Clock_periodic(0, MILLISECOND) == -EINVAL);
	CHECK(_BSP_Virtual_Clock_stop() == -EINVAL);
	CHECK(!use_clock(acknowledge));
	CHECK(_BSP_Virtual_Clock_init() == 0);
	CHECK(_BSP_Virtual_Clock_periodic(0, 0) == -EINVAL);
	CHECK(_BSP_Virtual_Clock_periodic(0, 9999) == -EINVAL);
	CHECK(_BSP_Virtual_Clock_periodic(UINT64_MAX, MILLISECOND) == -EINVAL);
	CHECK(_BSP_Virtual_Clock_periodic(0, UINT64_MAX) == -EINVAL);
	CHECK(_BSP_Virtual_Clock_oneshot(UINT64_MAX) == -EINVAL);
	CHECK(_BSP_Virtual_Clock_stop() == 0);
	CHECK(_BSP_Virtual_Clock_stop() == 0);
	return 0;
}

static int came_in_order(unsigned from, int first, int count)
{
	CHECK(order_count == from + (unsigned)count);
	for (int i = 0; i < count; i++)
		CHECK(order[from + (unsigned)i] == first + i);
	return 0;
}

static int lowest_first(void)
{
	CHECK(!use(acknowledge, MANY));
	for (int i = MANY; i-- > 0;)
		CHECK(_CPU_Virtual_Irq_raise(SOFT + i) == 0);
	CHECK(order_count == 0);
	_CPU_Virtual_Interrupts_enable(0);
	CHECK(!came_in_order(0, SOFT, MANY));
	CHECK(_CPU_Virtual_Interrupts_get_level() == 0);
	return 0;
}

static void raise_many(int vector, void *frame)
{
	acknowledge(vector, frame);
	for (int i = MANY; vector == CLOCK && i-- > 0;)
		_CPU_Virtual_Irq_raise(SOFT + i);
}

/* After a handler that interrupted the guest, on the same frame. */
static int lowest_first_from_handler(void)
{
	CHECK(!use(raise_many, MANY) && !use_clock(raise_many));
	_CPU_Virtual_Interrupts_open();
	CHECK(_BSP_Virtual_Clock_oneshot(0) == 0);
	CHECK(REACHES(order_count == MANY + 1));
	CHECK(order[0] == CLOCK);
	CHECK(!came_in_order(1, SOFT, MANY));
	return 0;
}

static int flashes(void)
{
	CHECK(!use(acknowledge, MANY));
	for (int i = MANY; i-- > 0;)
		CHECK(_CPU_Virtual_Irq_raise(SOFT + i) == 0);
	_CPU_Virtual_Interrupts_flash(1);
	CHECK(order_count == 0);
	_CPU_Virtual_Interrupts_flash(0);
	CHECK(!came_in_order(0, SOFT, MANY));
	CHECK(_CPU_Virtual_Interrupts_get_level() == 1);
	return 0;
}

/* Eight nested pairs: only the outermost one enables interrupts. */
static int pairs_nest(void)
{
	uint32_t previous[MANY];

	CHECK(!use(acknowledge, 1));
	_CPU_Virtual_Interrupts_open();
	for (int i = 0; i < MANY; i++) {
		previous[i] = _CPU_Virtual_Interrupts_disable();
		CHECK(previous[i] == (i > 0));
	}
	CHECK(_CPU_Virtual_Irq_raise(SOFT) == 0);
	for (int i = MANY; i-- > 0;) {
		CHECK(delivered[SOFT] == 0);
		_CPU_Virtual_Interrupts_enable(previous[i]);
		CHECK(_CPU_Virtual_Interrupts_get_level() == (i > 0));
	}
	CHECK(delivered[SOFT] == 1);
	return 0;
}

static int absolute(void)
{
	_CPU_Virtual_Interrupts_close();
	_CPU_Virtual_Interrupts_close();
	CHECK(_CPU_Virtual_Interrupts_get_level() == 1);
	_CPU_Virtual_Interrupts_open();
	CHECK(_CPU_Virtual_Interrupts_get_level() == 0);
	_CPU_Virtual_Interrupts_open();
	_CPU_Virtual_Interrupts_close();
	CHECK(_CPU_Virtual_Interrupts_get_level() == 1);
	return 0;
}

static void nest(int vector, void *opaque)
{
	const struct jumpslot_interrupt_frame *frame = opaque;
	uint32_t depth = (uint32_t)(vector - SOFT);

	note(vector);
	EXPECT(frame->nesting == depth && frame->level == 0);
	EXPECT(frame->vector == (uint32_t)vector);
	EXPECT(__jumpslot_vcpu.nesting == depth + 1);
	EXPECT(_CPU_Virtual_Interrupts_get_level() == 1);
	if (depth > deepest)
		deepest = depth;
	_CPU_Virtual_Interrupts_open();
	if (depth + 1 < MANY)
		_CPU_Virtual_Irq_raise(vector + 1);
	EXPECT(__jumpslot_vcpu.nesting == depth + 1);
	EXPECT(_CPU_Virtual_Irq_ack(vector) == 0);
}

static int handlers_nest(void)
{
	CHECK(!use(nest, MANY));
	_CPU_Virtual_Interrupts_open();
	CHECK(_CPU_Virtual_Irq_raise(SOFT) == 0);
	CHECK(!came_in_order(0, SOFT, MANY));
	CHECK(deepest == MANY - 1);
	CHECK(__jumpslot_vcpu.nesting == 0);
	CHECK(_CPU_Virtual_Interrupts_get_level() == 0);
	return 0;
}

/* Acknowledges at once, and waits for the next interrupt to nest. */
static void nest_on_frames(int vector, void *opaque)
{
	const struct jumpslot_interrupt_frame *frame = opaque;
	uint32_t depth = frame->nesting;

	note(vector);
	EXPECT(__jumpslot_vcpu.nesting == depth + 1 && frame->level == 0);
	if (depth > deepest)
		deepest = depth;
	_CPU_Virtual_Irq_ack(vector);
	_CPU_Virtual_Interrupts_open();
	EXPECT(deepest == MANY - 1 || REACHES(deepest > depth));
	EXPECT(__jumpslot_vcpu.nesting == depth + 1);
	_CPU_Virtual_Interrupts_close();
}

static int frames_nest(void)
{
	CHECK(!use_clock(nest_on_frames));
	_CPU_Virtual_Interrupts_open();
	CHECK(_BSP_Virtual_Clock_periodic(0, MILLISECOND) == 0);
	CHECK(REACHES(deepest >= MANY - 1));
	CHECK(_BSP_Virtual_Clock_stop() == 0);
	CHECK(__jumpslot_vcpu.nesting == 0);
	CHECK(_CPU_Virtual_Interrupts_get_level() == 0);
	return 0;
}

static int late_acknowledge(void)
{
	CHECK(!use(acknowledge_not, 2));
	_CPU_Virtual_Interrupts_open();
	CHECK(_CPU_Virtual_Irq_raise(SOFT) == 0);
	CHECK(_CPU_Virtual_Irq_raise(SOFT) == 0);
	CHECK(delivered[SOFT] == 1); /* the second waits */
	CHECK(_CPU_Virtual_Irq_raise(SOFT) == 0);
	CHECK(__jumpslot_vcpu.coalesced == 1);
	CHECK(_CPU_Virtual_Irq_raise(SOFT + 1) == 0);
	CHECK(delivered[SOFT + 1] == 1); /* others are delivered */
	CHECK(_CPU_Virtual_Irq_ack(SOFT) == 0);
	CHECK(delivered[SOFT] == 2); /* now the second, at once */
	CHECK(_CPU_Virtual_Irq_ack(SOFT) == 0);
	CHECK(_CPU_Virtual_Irq_ack(SOFT) == -EINVAL); /* twice */
	CHECK(delivered[SOFT] == 2 && __jumpslot_vcpu.pending == 0);
	return 0;
}

static int never_acknowledged(void)
{
	CHECK(!use(acknowledge_not, 2) && !use_clock(acknowledge_not));
	_CPU_Virtual_Interrupts_open();
	CHECK(_BSP_Virtual_Clock_periodic(0, MILLISECOND) == 0);
	CHECK(REACHES(__jumpslot_vcpu.missed > 2));
	CHECK(delivered[CLOCK] == 1);
	CHECK(_CPU_Virtual_Irq_raise(SOFT) == 0);
	CHECK(delivered[SOFT] == 1);
	return 0;
}

static int masks(void)
{
	CHECK(!use(acknowledge, 3));
	_CPU_Virtual_Interrupts_open();
	CHECK(_CPU_Virtual_Irq_mask(SOFT + 1) == 0);
	CHECK(_CPU_Virtual_Irq_mask(SOFT + 1) == 0);
	for (int i = 0; i < 3; i++)
		CHECK(_CPU_Virtual_Irq_raise(SOFT + i) == 0);
	CHECK(delivered[SOFT] == 1 && delivered[SOFT + 1] == 0 &&
	      delivered[SOFT + 2] == 1);
	CHECK(_CPU_Virtual_Irq_unmask(SOFT + 1) == 0);
	CHECK(delivered[SOFT + 1] == 1);
	_CPU_Virtual_Interrupts_close();
	CHECK(_CPU_Virtual_Irq_mask(SOFT) == 0);
	CHECK(_CPU_Virtual_Irq_raise(SOFT) == 0);
	CHECK(_CPU_Virtual_Irq_unmask(SOFT) == 0);
	CHECK(delivered[SOFT] == 1);
	_CPU_Virtual_Interrupts_open();
	CHECK(delivered[SOFT] == 2);
	return 0;
}

/* Clearing drops one raise; mask and service stay. */
static int clears(void)
{
	CHECK(!use(acknowledge_not, 2));
	CHECK(_CPU_Virtual_Irq_raise(SOFT) == 0);
	CHECK(_CPU_Virtual_Irq_raise(SOFT + 1) == 0);
	CHECK(_CPU_Virtual_Irq_clear(SOFT) == 0);
	CHECK(_CPU_Virtual_Irq_clear(SOFT) == 0);
	_CPU_Virtual_Interrupts_open();
	CHECK(delivered[SOFT] == 0 && delivered[SOFT + 1] == 1);
	CHECK(_CPU_Virtual_Irq_raise(SOFT) == 0);
	CHECK(delivered[SOFT] == 1);
	CHECK(_CPU_Virtual_Irq_raise(SOFT) == 0);
	CHECK(_CPU_Virtual_Irq_clear(SOFT) == 0);
	CHECK(_CPU_Virtual_Irq_ack(SOFT) == 0);
	CHECK(delivered[SOFT] == 1);
	return 0;
}

static int tells_the_state(void)
{
	CHECK(!use(acknowledge_not, 1));
	CHECK(_CPU_Virtual_Irq_state(SOFT) == 0);
	CHECK(_CPU_Virtual_Irq_raise(SOFT) == 0);
	CHECK(_CPU_Virtual_Irq_state(SOFT) == CPU_VIRTUAL_IRQ_PENDING);
	CHECK(_CPU_Virtual_Irq_mask(SOFT) == 0);
	CHECK(_CPU_Virtual_Irq_state(SOFT) ==
	      (CPU_VIRTUAL_IRQ_PENDING | CPU_VIRTUAL_IRQ_MASKED));
	CHECK(_CPU_Virtual_Irq_unmask(SOFT) == 0);
	_CPU_Virtual_Interrupts_open();
	CHECK(_CPU_Virtual_Irq_state(SOFT) == CPU_VIRTUAL_IRQ_IN_SERVICE);
	CHECK(_CPU_Virtual_Irq_ack(SOFT) == 0);
	CHECK(_CPU_Virtual_Irq_state(SOFT) == 0);
	return 0;
}

static int detaches(void)
{
	CHECK(!use(acknowledge, 2));
	CHECK(_CPU_Virtual_Irq_raise(SOFT) == 0);
	CHECK(_CPU_Virtual_Irq_detach(SOFT) == 0);
	CHECK(__jumpslot_vcpu.pending == 0);
	CHECK(_CPU_Virtual_Irq_detach(SOFT) == -EINVAL);
	CHECK(_CPU_Virtual_Irq_raise(SOFT) == -EINVAL);
	CHECK(_CPU_Virtual_Irq_request(SOFT) == 0);
	_CPU_Virtual_Interrupts_open();
	CHECK(delivered[SOFT] == 0);
	CHECK(_CPU_Virtual_Irq_raise(SOFT) == 0);
	CHECK(delivered[SOFT] == 1);
	return 0;
}

/* Detached while in service: the next use starts from scratch. */
static int detaches_in_service(void)
{
	CHECK(!use(acknowledge_not, 1));
	_CPU_Virtual_Interrupts_open();
	CHECK(_CPU_Virtual_Irq_raise(SOFT) == 0);
	CHECK(_CPU_Virtual_Irq_raise(SOFT) == 0);
	CHECK(_CPU_Virtual_Irq_detach(SOFT) == 0);
	CHECK(_CPU_Virtual_Irq_ack(SOFT) == -EINVAL);
	CHECK(_CPU_Virtual_Irq_request(SOFT) == 0);
	CHECK(delivered[SOFT] == 1);
	CHECK(_CPU_Virtual_Irq_raise(SOFT) == 0);
	CHECK(delivered[SOFT] == 2);
	return 0;
}

/* The clock runs on while its vector is not in use; those periods are not counted. */
static int clock_is_detached(void)
{
	CHECK(!use_clock(acknowledge));
	_CPU_Virtual_Interrupts_open();
	CHECK(_BSP_Virtual_Clock_periodic(0, MILLISECOND) == 0);
	CHECK(REACHES(delivered[CLOCK] > 1));
	CHECK(_CPU_Virtual_Irq_detach(CLOCK) == 0);
	order_count = 0;
	CHECK(REACHES(__jumpslot_vcpu.missed > 1));
	CHECK(order_count == 0);
	CHECK(_CPU_Virtual_Irq_request(CLOCK) == 0);
	CHECK(REACHES(order_count > 0));
	return 0;
}

static volatile uint64_t frame_takes;
static volatile int runs_own_code;

static void look_at_frame(int vector, void *opaque)
{
	const struct jumpslot_interrupt_frame *frame = opaque;
	uintptr_t here = (uintptr_t)spin;

	_CPU_Virtual_Irq_ack(vector);
	if (!runs_own_code)
		return;
	EXPECT(frame->pc > here - 0x100000 && frame->pc < here + 0x100000);
	EXPECT(frame->sp > (uintptr_t)frame);
	EXPECT((frame->flags & 0x202) == 0x202);
	EXPECT(frame->vector == (uint32_t)vector);
	EXPECT(frame->level == 0 && frame->nesting == 0);
	frame_takes = frame->sp - (uintptr_t)frame;
}

static uint64_t frame_size;

/* Only the guest's own code is interrupted, so the frame describes that. */
static int frame_is_as_announced(void)
{
	CHECK(!use_clock(look_at_frame));
	_CPU_Virtual_Interrupts_open();
	CHECK(_BSP_Virtual_Clock_periodic(0, 20 * MILLISECOND) == 0);
	runs_own_code = 1;
	while (!frame_takes)
		;
	runs_own_code = 0;
	CHECK(frame_takes > 0 && frame_takes <= frame_size);
	return 0;
}

static void close_for_good(int vector, void *frame)
{
	acknowledge(vector, frame);
	((struct jumpslot_interrupt_frame *)frame)->level = 1;
}

/* The guest continues at the level in the frame, however the handler was called. */
static int level_of_the_frame(void)
{
	CHECK(!use(close_for_good, 1) && !use_clock(close_for_good));
	_CPU_Virtual_Interrupts_open();
	CHECK(_BSP_Virtual_Clock_oneshot(0) == 0);
	CHECK(REACHES(delivered[CLOCK] == 1));
	CHECK(_CPU_Virtual_Interrupts_get_level() == 1);
	CHECK(_CPU_Virtual_Irq_raise(SOFT) == 0);
	_CPU_Virtual_Interrupts_open();
	CHECK(delivered[SOFT] == 1);
	CHECK(_CPU_Virtual_Interrupts_get_level() == 1);
	return 0;
}

static void divide_by_zero(int vector, void *frame)
{
	acknowledge(vector, frame);
	__asm__ volatile("fld1; fldz; fdivrp; fstp %%st(0)" : : : "st");
}

/* Exception flags of a handler's arithmetic do not reach the code that it interrupted. */
static int handlers_exceptions(void)
{
	const uint16_t unmasked = 0x340;

	CHECK(!use(divide_by_zero, 1) && !use_clock(divide_by_zero));
	_CPU_Virtual_Interrupts_open();
	__asm__ volatile("fldcw %0" : : "m"(unmasked));
	CHECK(_BSP_Virtual_Clock_oneshot(0) == 0);
	CHECK(REACHES(delivered[CLOCK] == 1));
	__asm__ volatile("fwait");
	CHECK(_CPU_Virtual_Irq_raise(SOFT) == 0);
	CHECK(delivered[SOFT] == 1);
	__asm__ volatile("fwait");
	return 0;
}

static void change_control(int vector, void *frame)
{
	const uint32_t mxcsr = 0x7f80;
	const uint16_t x87 = 0x0c7f;
	uint32_t found;

	__asm__ volatile("stmxcsr %0" : "=m"(found));
	EXPECT(found >> 6 == 0x1f80 >> 6);
	acknowledge(vector, frame);
	__asm__ volatile("ldmxcsr %0; fldcw %1" : : "m"(mxcsr), "m"(x87));
}

/* Each call of a handler starts with default control, and does not change the guest's. */
static int control_of_handlers(void)
{
	uint32_t mxcsr;

	CHECK(!use(change_control, MANY) && !use_clock(change_control));
	for (int i = 0; i < MANY; i++)
		CHECK(_CPU_Virtual_Irq_raise(SOFT + i) == 0);
	_CPU_Virtual_Interrupts_open();
	CHECK(!came_in_order(0, SOFT, MANY));
	CHECK(_BSP_Virtual_Clock_oneshot(0) == 0);
	CHECK(REACHES(delivered[CLOCK] == 1));
	__asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
	CHECK(mxcsr >> 6 == 0x1f80 >> 6);
	return 0;
}

/* The stack pointer is restored even if it is odd. */
static int any_stack_pointer(void)
{
	uintptr_t before, after;

	CHECK(!use_clock(acknowledge));
	CHECK(_BSP_Virtual_Clock_periodic(0, period_of(100 * MICROSECOND)) == 0);
	_CPU_Virtual_Interrupts_open();
#ifdef __x86_64__
	__asm__ volatile(
		"mov %%rsp, %%rbx; sub $258, %%rsp; and $-256, %%rsp; sub $254, %%rsp\n"
		"mov %%rsp, %0\n"
		"1: cmpl $3, %2; jb 1b\n"
		"mov %%rsp, %1; mov %%rbx, %%rsp"
		: "=&r"(before), "=&r"(after)
		: "m"(delivered[CLOCK])
		: "rbx", "memory", "cc");
#else
	__asm__ volatile(
		"mov %%esp, %%ebx; sub $258, %%esp; and $-256, %%esp; sub $254, %%esp\n"
		"mov %%esp, %0\n"
		"1: cmpl $3, %2; jb 1b\n"
		"mov %%esp, %1; mov %%ebx, %%esp"
		: "=&r"(before), "=&r"(after)
		: "m"(delivered[CLOCK])
		: "ebx", "memory", "cc");
#endif
	CHECK(before == after);
	return 0;
}

static const struct test_case cases[] = {
	{ "start", starts_closed },
	{ "refuses", refuses },
	{ "clock-refuses", clock_refuses },
	{ "order", lowest_first },
	{ "order-frames", lowest_first_from_handler },
	{ "flash", flashes },
	{ "pairs", pairs_nest },
	{ "absolute", absolute },
	{ "nest", handlers_nest },
	{ "nest-frames", frames_nest },
	{ "late", late_acknowledge },
	{ "never", never_acknowledged },
	{ "mask", masks },
	{ "clear", clears },
	{ "state", tells_the_state },
	{ "detach", detaches },
	{ "detach-service", detaches_in_service },
	{ "detach-clock", clock_is_detached },
	{ "frame", frame_is_as_announced },
	{ "frame-level", level_of_the_frame },
	{ "exceptions", handlers_exceptions },
	{ "control", control_of_handlers },
	{ "stack-pointer", any_stack_pointer },
};

JUMPSLOT_ENTRY(info)
{
	frame_size = info->interrupt_frame;
	return run_case(cases, sizeof(cases) / sizeof(*cases));
}
