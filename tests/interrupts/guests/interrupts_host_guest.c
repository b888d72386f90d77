/*
 * Interrupts of a guest that is in a host function, sleeps, or corrupts its own state.
 * Arguments: the case, and a number for some. The exit status is 0 if nothing was wrong.
 */
#include "../../lib/interrupts_case.h"
#include "interrupts.h"

static volatile unsigned ticks, softs;

static void tick(int vector, void *frame)
{
	(void)frame;
	if (vector == CLOCK)
		ticks++;
	else
		softs++;
	_CPU_Virtual_Irq_ack(vector);
}

static int begin(void)
{
	CHECK(_CPU_Virtual_Set_handler(tick) == 0);
	CHECK(_CPU_Virtual_Irq_request(CLOCK) == 0);
	CHECK(_CPU_Virtual_Irq_request(SOFT) == 0);
	CHECK(_BSP_Virtual_Clock_init() == 0);
	_CPU_Virtual_Interrupts_open();
	return 0;
}

static int begin_ticking(uint64_t period)
{
	CHECK(!begin());
	CHECK(_BSP_Virtual_Clock_periodic(0, period_of(period)) == 0);
	CHECK(REACHES(ticks > 0));
	return 0;
}

static unsigned in_milliseconds(uint64_t number)
{
	CHECK(_BSP_Virtual_Clock_oneshot(_BSP_Virtual_Clock_read() +
					 number * MILLISECOND) == 0);
	return 0;
}

/* The interrupt ends the system call, and is delivered when the function has returned. If
 * one comes before the call, the next one ends it. */
static int gated_sleep_is_cut(void)
{
	unsigned before;

	CHECK(!begin_ticking(20 * MILLISECOND));
	before = ticks;
	CHECK(sleep_gated(10 * SECOND) == -EINTR);
	CHECK(ticks > before);
	before = ticks;
	CHECK(poll_gated(10 * SECOND) == -EINTR);
	CHECK(ticks > before);
	return 0;
}

static int blocking_sleep_is_not(void)
{
	CHECK(!begin_ticking(MILLISECOND));
	for (int i = 0; i < 3; i++) {
		uint64_t start = _BSP_Virtual_Clock_read();
		unsigned before;

		CHECK(REACHES(_BSP_Virtual_Clock_backlog() == 0));
		before = ticks;
		CHECK((i ? sleep_blocking : poll_blocking)(20 * MILLISECOND) == 0);
		CHECK(ticks > before);
		CHECK(_BSP_Virtual_Clock_read() - start >= 20 * MILLISECOND);
		CHECK(_BSP_Virtual_Clock_backlog() > 10);
	}
	return 0;
}

static int libc_is_not_reentered(void)
{
	CHECK(!begin_ticking(100 * MICROSECOND));
	for (int i = 0; i < 20; i++) {
		unsigned before = ticks;

		CHECK(use_libc(500) == 0);
		CHECK(REACHES(ticks > before));
	}
	return 0;
}

/* Nothing is delivered inside, however long it takes; the rest is, at the return. */
static int gated_is_not_interrupted(void)
{
	CHECK(!begin_ticking(100 * MICROSECOND));
	for (int i = 0; i < 3; i++) {
		unsigned before = ticks;

		CHECK(compute_gated(5 * MILLISECOND, &ticks) == 0);
		CHECK(ticks > before);
		before = ticks;
		CHECK(compute_on_guests_stack(5 * MILLISECOND, &ticks) == 0);
		CHECK(ticks > before);
	}
	return 0;
}

static int direct_is_interrupted(void)
{
	CHECK(!begin_ticking(100 * MICROSECOND));
	for (int i = 0; i < 10; i++)
		CHECK(wait_direct(&ticks, ticks + 10) == 0);
	return 0;
}

static unsigned in_callback;

static int compute_in_callback(int times)
{
	uint64_t end = _BSP_Virtual_Clock_read() + 5 * MILLISECOND;
	unsigned before = ticks + softs;

	if (times)
		call_gated(compute_in_callback, times - 1);
	_CPU_Virtual_Irq_raise(SOFT);
	_CPU_Virtual_Interrupts_enable(_CPU_Virtual_Interrupts_disable());
	in_callback += _CPU_Virtual_Wait_for_event(0) != -EINVAL;
	while (_BSP_Virtual_Clock_read() < end)
		;
	in_callback += ticks + softs - before;
	return add_gated(times, 1);
}

static int callback_is_not_interrupted(void)
{
	unsigned before;

	CHECK(!begin_ticking(100 * MICROSECOND));
	before = ticks;
	CHECK(call_gated(compute_in_callback, 3) == 4);
	CHECK(in_callback == 0);
	CHECK(ticks > before && softs == 1);
	return 0;
}

/* Gates defer interrupts again and again, with no later call that would look again. */
static int gates_hand_over(void)
{
	uint32_t state = 362436069;

	CHECK(!begin());
	for (uint32_t i = number_argument(2); i-- > 0;) {
		unsigned before = ticks;
		uint64_t now = _BSP_Virtual_Clock_read();

		CHECK(_BSP_Virtual_Clock_oneshot(now + random_next(&state) % 8192) == 0);
		for (uint32_t calls = random_next(&state) % 256; calls-- > 0;)
			CHECK(add_gated(1, 2) == 3);
		CHECK(REACHES(ticks > before));
	}
	return 0;
}

static int spins_after_direct_call(void)
{
	CHECK(!begin());
	for (int i = 0; i < 100; i++) {
		unsigned before = ticks;

		CHECK(_BSP_Virtual_Clock_oneshot(_BSP_Virtual_Clock_read() +
						 MILLISECOND) == 0);
		CHECK(add_direct(1, 2) == 3);
		while (ticks == before) /* until the time-out, if it is lost */
			;
	}
	return 0;
}

static int waits(void)
{
	uint64_t now;

	CHECK(!begin());
	CHECK(_CPU_Virtual_Wait_for_event(0) == -EINVAL); /* level 0 */
	_CPU_Virtual_Interrupts_close();
	CHECK(_CPU_Virtual_Wait_for_event(0) == -EAGAIN);
	now = _BSP_Virtual_Clock_read();
	CHECK(_CPU_Virtual_Wait_for_event(now + 5 * MILLISECOND) == -EAGAIN);
	CHECK(_BSP_Virtual_Clock_read() >= now + 5 * MILLISECOND);
	CHECK(_CPU_Virtual_Interrupts_get_level() == 1);

	CHECK(!in_milliseconds(5));
	CHECK(_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER) == 0);
	CHECK(ticks == 1 && _CPU_Virtual_Interrupts_get_level() == 1);

	CHECK(_CPU_Virtual_Irq_raise(SOFT) == 0); /* already there */
	CHECK(softs == 0);
	CHECK(_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER) == 0);
	CHECK(softs == 1);

	CHECK(_CPU_Virtual_Irq_mask(SOFT) == 0); /* not deliverable: does not wake */
	CHECK(_CPU_Virtual_Irq_raise(SOFT) == 0);
	CHECK(_CPU_Virtual_Wait_for_event(_BSP_Virtual_Clock_read() + MILLISECOND) ==
	      -EAGAIN);
	CHECK(softs == 1);
	return 0;
}

/* The test looks at its processor time. */
static int sleeps_a_second(void)
{
	CHECK(!begin());
	_CPU_Virtual_Interrupts_close();
	CHECK(_CPU_Virtual_Wait_for_event(_BSP_Virtual_Clock_read() + SECOND) == -EAGAIN);
	return 0;
}

static void end_at_third(int vector, void *frame)
{
	tick(vector, frame);
	if (ticks == 3)
		_CPU_Virtual_exec_stop_error(0);
}

static int idles(void)
{
	CHECK(!begin());
	CHECK(_CPU_Virtual_Set_handler(end_at_third) == 0);
	CHECK(_BSP_Virtual_Clock_periodic(0, MILLISECOND) == 0);
	_CPU_Virtual_idle_thread();
	return 1;
}

/* A process may get the signal on any of its threads. */
static int signal_on_another_thread(void)
{
	static volatile unsigned go;

	CHECK(!begin());
	CHECK(start_thread_with_signal(&go) == 0);
	__jumpslot_vcpu.pending = (uint64_t)1
				  << SOFT; /* as a source does, before it signals */
	go = 1;
	CHECK(REACHES(go == 2 && softs == 1));
	return 0;
}

static int never_enables(void)
{
	CHECK(!begin());
	_CPU_Virtual_Interrupts_close();
	CHECK(_BSP_Virtual_Clock_periodic(0, period_of(100 * MICROSECOND)) == 0);
	for (int i = 0; i < 1000; i++) {
		CHECK(add_gated(i, 1) == i + 1);
		CHECK(use_libc(1) == 0);
		CHECK(_CPU_Virtual_Irq_raise(SOFT) == 0);
	}
	CHECK(REACHES(__jumpslot_vcpu.missed > 100));
	CHECK(ticks == 0 && softs == 0);
	CHECK(__jumpslot_vcpu.pending == (1 | 1 << SOFT));
	return 0;
}

/*
 * Guests that corrupt their own state. These cases need not return.
 */
static uint32_t corrupt_state;
static volatile uint8_t *corrupt_at;
static uint32_t corrupt_size;

static void corrupt(void)
{
	for (uint32_t i = 0; i < corrupt_size; i++)
		if (random_next(&corrupt_state) % 4)
			corrupt_at[i] = (uint8_t)random_next(&corrupt_state);
}

static int use_everything(void)
{
	for (int i = 0; i < 2000; i++) {
		corrupt();
		_CPU_Virtual_Irq_raise(SOFT);
		_CPU_Virtual_Interrupts_enable(_CPU_Virtual_Interrupts_disable());
		corrupt();
		_CPU_Virtual_Irq_unmask(SOFT);
		_CPU_Virtual_Irq_request(random_next(&corrupt_state) % 64);
		_CPU_Virtual_Interrupts_open();
#ifndef NO_PROVIDER
		add_gated(1, 2);
#endif
		corrupt();
		_CPU_Virtual_Wait_for_event(_BSP_Virtual_Clock_read() + 10 * MICROSECOND);
		_CPU_Virtual_Irq_detach(random_next(&corrupt_state) % 64);
		spin(1000);
	}
	return 0;
}

static int corrupts_state(void)
{
	CHECK(!begin_ticking(100 * MICROSECOND));
	corrupt_state = number_argument(2);
	corrupt_at = (volatile uint8_t *)&__jumpslot_vcpu;
	corrupt_size = sizeof(__jumpslot_vcpu);
	return use_everything();
}

static void corrupt_frame(int vector, void *frame)
{
	tick(vector, frame);
	corrupt_at = frame;
	corrupt_size = sizeof(struct jumpslot_interrupt_frame) +
		       random_next(&corrupt_state) % 128;
	corrupt();
}

static int corrupts_frames(void)
{
	CHECK(!begin());
	corrupt_state = number_argument(2);
	CHECK(_BSP_Virtual_Clock_periodic(0, period_of(100 * MICROSECOND)) == 0);
	/* No check from here on: it would see a result that the handler corrupted. */
	_CPU_Virtual_Set_handler(corrupt_frame);
	while (ticks < 1000)
		spin(1000);
	return 0;
}

/* Again and again: the first may come before the stack is left, and has room. */
static int tick_in_a_while(void)
{
	const uint64_t period = 50 * MILLISECOND;

	CHECK(_BSP_Virtual_Clock_periodic(_BSP_Virtual_Clock_read() + period, period) ==
	      0);
	return 0;
}

__attribute__((__noinline__)) static void tick_here(void)
{
	for (;;)
		spin(1000);
}

static uintptr_t stack_top;

/* Uses up the stack of the given size, except for less than a frame. */
static int on_a_full_stack(void)
{
	uintptr_t low = stack_top - number_argument(2);
	volatile char *room;

	CHECK(!begin());
	CHECK(!tick_in_a_while());
	room = __builtin_alloca((uintptr_t)__builtin_frame_address(0) - low - 512);
	room[0] = 1;
	tick_here();
	return room[0];
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

static int on_a_foreign_stack(void)
{
	char *top = hosts_memory();

	CHECK(top && !begin());
	CHECK(!tick_in_a_while());
	on_stack(top, tick_here);
	return 0;
}

static const struct test_case cases[] = {
	{ "gated-sleep", gated_sleep_is_cut },
	{ "blocking-sleep", blocking_sleep_is_not },
	{ "libc", libc_is_not_reentered },
	{ "gated", gated_is_not_interrupted },
	{ "direct", direct_is_interrupted },
	{ "callback", callback_is_not_interrupted },
	{ "gates", gates_hand_over },
	{ "after-direct", spins_after_direct_call },
	{ "wait", waits },
	{ "sleep", sleeps_a_second },
	{ "idle", idles },
	{ "another-thread", signal_on_another_thread },
	{ "never-enable", never_enables },
	{ "corrupt-state", corrupts_state },
	{ "corrupt-frame", corrupts_frames },
	{ "full-stack", on_a_full_stack },
	{ "foreign-stack", on_a_foreign_stack },
};

JUMPSLOT_ENTRY(info)
{
	(void)info;
	stack_top = (uintptr_t)__builtin_frame_address(0);
	return run_case(cases, sizeof(cases) / sizeof(*cases));
}
