/*
 * Fast interrupts at random places, in code that notices every change. Arguments: the
 * case and the number of interrupts. The exit status is 0 if nothing was wrong; the
 * console says what was.
 */
#include <stdbool.h>

#include "../../lib/interrupts_case.h"
#include "interrupts_registers_check.h"

static uint64_t period; /* of the clock */
static uint32_t level;	/* of vector registers */
static uint32_t rounds; /* number of interrupts to take */

static const char *volatile wrong_in_handler;
static volatile uint32_t delivered[JUMPSLOT_VECTORS];
static volatile uint32_t raised_here, raised_in_handler;
static volatile uint32_t missed;
static uint32_t handler_random = 2463534242u;

static uint32_t soft_delivered(void)
{
	uint32_t sum = 0;

	for (int i = SOFT; i < JUMPSLOT_VECTORS; i++)
		sum += delivered[i];
	return sum;
}

static void count(int vector, void *frame)
{
	(void)frame;
	delivered[vector]++;
	missed += _BSP_Virtual_Clock_backlog();
	_CPU_Virtual_Irq_ack(vector);
}

/* Measures the work of the guest in 5 ms. */
static uint32_t progress(void)
{
	uint64_t end = _BSP_Virtual_Clock_read() + 5 * MILLISECOND;
	uint32_t done = 0;

	_CPU_Virtual_Interrupts_open();
	while (_BSP_Virtual_Clock_read() < end)
		done++;
	_CPU_Virtual_Interrupts_close();
	return done;
}

/*
 * The cost of a signal depends on machine and architecture. With a period shorter than
 * that the guest makes no progress. So this halves the period, down to 20 us or what the
 * host accepts, while the guest keeps more than half of its time.
 */
static int find_period(void)
{
	const uint64_t shortest = period_of(20 * MICROSECOND);
	uint32_t undisturbed = progress();

	for (period = 1280 * MICROSECOND; period / 2 >= shortest; period /= 2) {
		CHECK(_BSP_Virtual_Clock_periodic(0, period) == 0);
		if (progress() < undisturbed / 2)
			break;
	}
	CHECK(_BSP_Virtual_Clock_stop() == 0);
	_CPU_Virtual_Interrupts_flash(0);
	_BSP_Virtual_Clock_backlog();
	delivered[CLOCK] = missed = 0;
	return 0;
}

static int request_all(void (*handler)(int, void *))
{
	CHECK(_CPU_Virtual_Set_handler(count) == 0);
	CHECK(_CPU_Virtual_Irq_request(CLOCK) == 0);
	for (int i = SOFT; i < JUMPSLOT_VECTORS; i++)
		CHECK(_CPU_Virtual_Irq_request(i) == 0);
	CHECK(_BSP_Virtual_Clock_init() == 0);
	CHECK(!find_period());
	CHECK(_CPU_Virtual_Set_handler(handler) == 0);
	return 0;
}

/* No vector is pending except, possibly, the clock. */
static int check_software_count(void)
{
	uint32_t raised;

	_CPU_Virtual_Interrupts_open();
	_CPU_Virtual_Interrupts_close();
	raised = raised_here + raised_in_handler;
	CHECK((__jumpslot_vcpu.pending & ~(uint64_t)1) == 0);
	CHECK(raised == soft_delivered() + __jumpslot_vcpu.coalesced);
	return 0;
}

/* None before `first`: a run of few rounds ends before its clock begins. */
static uint64_t periods_until(uint64_t time, uint64_t first)
{
	if (time < first)
		return 0;
	return (uint32_t)((time - first) / (uint32_t)period) + 1;
}

/* Every period since `first` is counted once: as delivered, missed, or pending. */
static int check_clock_count(uint64_t first)
{
	uint64_t from = _BSP_Virtual_Clock_read(), sum;
	uint32_t before = delivered[CLOCK];

	_CPU_Virtual_Interrupts_open();
	CHECK(REACHES(delivered[CLOCK] > before + 1));
	_CPU_Virtual_Interrupts_close();
	sum = __jumpslot_vcpu.pending & 1;
	sum += delivered[CLOCK] + missed + _BSP_Virtual_Clock_backlog();
	CHECK(sum >= periods_until(from, first));
	CHECK(sum <= periods_until(_BSP_Virtual_Clock_read(), first));
	CHECK(_BSP_Virtual_Clock_stop() == 0);
	return 0;
}

static void spoil(int vector, void *frame)
{
	const char *wrong = registers_wrong_on_entry(__builtin_frame_address(0));

	(void)frame;
	if (wrong)
		wrong_in_handler = wrong;
	delivered[vector]++;
	for (uint32_t i = random_next(&handler_random) % 4; vector == CLOCK && i-- > 0;) {
		raised_in_handler++;
		_CPU_Virtual_Irq_raise(SOFT + (int)(random_next(&handler_random) % 48));
	}
	_CPU_Virtual_Irq_ack(vector);
	missed += _BSP_Virtual_Clock_backlog();
	registers_trash(level);
}

static const char *registers_stay(void)
{
	static struct registers registers;
	uint32_t state = 123456789, step = 0;
	const char *wrong = NULL;

	registers.level = level;
	while (!wrong && delivered[CLOCK] + soft_delivered() < rounds) {
		for (int i = 0; !wrong && i < 16; i++) {
			registers_fill(&registers, 1 + random_next(&state) % 512, &state);
			registers_step(&registers);
			wrong = registers_wrong(&registers);
		}
		if (++step % 8 == 0) {
			raised_here++;
			_CPU_Virtual_Irq_raise(SOFT + (int)(random_next(&state) % 48));
		}
		if (wrong_in_handler)
			wrong = wrong_in_handler;
	}
	return wrong;
}

static int all_registers(void)
{
	const char *wrong;
	uint64_t first;

	CHECK(!request_all(spoil));
	first = _BSP_Virtual_Clock_read() + MILLISECOND;
	CHECK(_BSP_Virtual_Clock_periodic(first, period) == 0);
	_CPU_Virtual_Interrupts_open();
	wrong = registers_stay();
	_CPU_Virtual_Interrupts_close();
	if (wrong) {
		print("changed: ");
		print(wrong);
		print("\n");
		return 1;
	}
	CHECK(!check_software_count());
	CHECK(!check_clock_count(first));
	return 0;
}

/*
 * Threads: the handler runs another thread before it returns.
 */
#define THREADS 16
#define STACK	0x8000
#define CANARY	256
#define YIELD	SOFT

static struct thread {
	char stack[STACK];
	void *place;
	struct registers registers;
	uint32_t random;
	volatile uint32_t steps;
} __attribute__((__aligned__(64))) threads[THREADS];

static unsigned running;
static const char *volatile wrong_in_thread;
static volatile int wrong_thread;

static void fill_canary(struct thread *thread)
{
	for (unsigned i = 0; i < CANARY; i++)
		thread->stack[i] = (char)(i * 7 + (unsigned)(thread - threads));
}

static const char *look_at_canary(const struct thread *thread)
{
	for (unsigned i = 0; i < CANARY; i++)
		if (thread->stack[i] != (char)(i * 7 + (unsigned)(thread - threads)))
			return "the end of the stack";
	return NULL;
}

/* With a short period, a step takes many of them. */
static bool all_have_stepped(void)
{
	for (int i = 1; i < THREADS; i++)
		if (!threads[i].steps)
			return false;
	return true;
}

/* The first thread continues much later than the others. */
static unsigned pick(void)
{
	uint32_t ticks = delivered[CLOCK] + delivered[YIELD];

	if ((ticks >= rounds && all_have_stepped()) || ticks % 100 == 0)
		return 0;
	return 1 + random_next(&handler_random) % (THREADS - 1);
}

static void dispatch(int vector, void *frame)
{
	struct thread *from = &threads[running];

	(void)frame;
	delivered[vector]++;
	_CPU_Virtual_Irq_ack(vector);
	registers_trash(level);
	running = pick();
	if (&threads[running] != from)
		switch_stacks(&from->place, threads[running].place);
	registers_trash(level);
}

static void step(struct thread *thread)
{
	const char *wrong = look_at_canary(thread);

	registers_fill(&thread->registers, 1 + random_next(&thread->random) % 2000,
		       &thread->random);
	registers_step(&thread->registers);
	if (!wrong)
		wrong = registers_wrong(&thread->registers);
	if (_CPU_Virtual_Interrupts_get_level() || __jumpslot_vcpu.nesting)
		wrong = "level or nesting";
	if (wrong) {
		wrong_in_thread = wrong;
		wrong_thread = (int)(thread - threads);
	}
	thread->steps++;
	if (random_next(&thread->random) % 32 == 0)
		_CPU_Virtual_Irq_raise(YIELD);
}

/* Starts in the handler that switched to it. */
static void thread_main(void)
{
	struct thread *thread = &threads[running];

	__jumpslot_vcpu.nesting = 0;
	_CPU_Virtual_Interrupts_open();
	for (;;)
		step(thread);
}

static void make_thread(struct thread *thread)
{
	uintptr_t *top = (uintptr_t *)(void *)(thread->stack + STACK) - 16;

	fill_canary(thread);
	thread->registers.level = level;
	thread->random = 1 + (uint32_t)(thread - threads);
	top[sizeof(uintptr_t) == 8 ? 6 : 4] = (uintptr_t)thread_main;
	thread->place = top;
}

static int thread_switches(void)
{
	for (int i = 0; i < THREADS; i++)
		make_thread(&threads[i]);
	CHECK(!request_all(dispatch));
	CHECK(_BSP_Virtual_Clock_periodic(0, period) == 0);
	_CPU_Virtual_Interrupts_open();
	while ((delivered[CLOCK] + delivered[YIELD] < rounds || !all_have_stepped()) &&
	       !wrong_in_thread)
		step(&threads[0]);
	_CPU_Virtual_Interrupts_close();
	if (wrong_in_thread) {
		print("thread ");
		print_number((uint64_t)wrong_thread);
		print(" finds changed: ");
		print(wrong_in_thread);
		print("\n");
		return 1;
	}
	return 0;
}

/*
 * Sources that raise while the guest enables interrupts.
 */
/* An interrupt that is raised within the pair has been delivered after it. */
static int enabling(void)
{
	uint64_t first;

	CHECK(!request_all(count));
	first = _BSP_Virtual_Clock_read() + MILLISECOND;
	CHECK(_BSP_Virtual_Clock_periodic(first, period) == 0);
	_CPU_Virtual_Interrupts_open();
	for (uint32_t i = 0; i < rounds; i++) {
		uint32_t previous = _CPU_Virtual_Interrupts_disable();
		uint32_t before = delivered[SOFT];

		_CPU_Virtual_Irq_raise(SOFT);
		raised_here++;
		CHECK(delivered[SOFT] == before);
		_CPU_Virtual_Interrupts_enable(previous);
		CHECK(delivered[SOFT] == before + 1);
	}
	_CPU_Virtual_Interrupts_close();
	CHECK(delivered[SOFT] == rounds);
	CHECK(!check_software_count());
	CHECK(!check_clock_count(first));
	return 0;
}

static uint64_t armed_for;

static void arm(uint64_t in)
{
	armed_for = _BSP_Virtual_Clock_read() + in;
	_BSP_Virtual_Clock_oneshot(armed_for);
}

/* Four interrupts: three are raised at about the time that the previous handler returns.
 */
static void once_more(int vector, void *frame)
{
	uint64_t end;

	(void)frame;
	_CPU_Virtual_Irq_ack(vector);
	if (++delivered[vector] % 4 == 0)
		return;
	arm(16 * MICROSECOND);
	end = armed_for - 16 * MICROSECOND + random_next(&handler_random) % 32768;
	while (_BSP_Virtual_Clock_read() < end)
		;
}

static void pairs(uint32_t number)
{
	for (uint32_t i = 0; i < number; i++) {
		uint32_t previous = _CPU_Virtual_Interrupts_disable();

		spin(i % 8);
		_CPU_Virtual_Interrupts_enable(previous);
	}
}

static void waits(uint32_t number)
{
	_CPU_Virtual_Interrupts_close();
	_CPU_Virtual_Wait_for_event(_BSP_Virtual_Clock_read() + number * 64);
	_CPU_Virtual_Interrupts_open();
}

/* After `disturbed`, only the signal itself leads to a delivery: there is no second one,
 * and the guest does not enable. */
static int each_arrives(void (*disturbed)(uint32_t number))
{
	uint32_t state = 88675123;

	CHECK(!request_all(once_more));
	_CPU_Virtual_Interrupts_open();
	while (delivered[CLOCK] < rounds) {
		uint32_t before = delivered[CLOCK];

		arm(random_next(&state) % 16384);
		disturbed(random_next(&state) % 256);
		CHECK(REACHES(delivered[CLOCK] == before + 4));
	}
	return 0;
}

static int one_shot_pairs(void)
{
	return each_arrives(pairs);
}

static int one_shot_waits(void)
{
	return each_arrives(waits);
}

static const struct test_case cases[] = {
	{ "registers", all_registers },
	{ "threads", thread_switches },
	{ "enabling", enabling },
	{ "one-shot-pairs", one_shot_pairs },
	{ "one-shot-waits", one_shot_waits },
};

JUMPSLOT_ENTRY(info)
{
	(void)info;
	level = registers_level();
	rounds = number_argument(2);
	return run_case(cases, sizeof(cases) / sizeof(*cases));
}
