/*
 * A soak test: 32 threads at 1,000 ticks per second, for as many seconds as "seconds="
 * says. Fails if a thread misses a deadline, loses a message, computes a wrong result or
 * waits too long.
 */
#include "clock.h"
#include "cpu.h"
#include "interrupt.h"
#include "kernel.h"
#include "mutex.h"
#include "option.h"
#include "print.h"
#include "queue.h"
#include "semaphore.h"
#include "thread.h"

#define RATE	       1000
#define SECONDS	       10 /* default */
#define REPORT_SECONDS 10

#define PERIODIC  18 /* threads of each kind */
#define PAIRS	  2
#define COMPUTING 2

/* Threads by number. The director and the idle thread come in addition. */
enum {
	HIGH,
	MIDDLE,
	LOW,
	HANDLED,
	RAISER,
	PERIODICS,
	CONSUMERS = PERIODICS + PERIODIC,
	PRODUCERS = CONSUMERS + PAIRS,
	COMPUTERS = PRODUCERS + PAIRS,
	VICTIM = COMPUTERS + COMPUTING,
	STARTED,
};
_Static_assert(STARTED + 2 == 32, "thirty-two threads");

/* Priorities. Computing never ends, so all other threads are more urgent. */
enum { DIRECTOR_PRIORITY, FIRST_PRIORITY, COMPUTING_PRIORITY = THREAD_IDLE_PRIORITY - 1 };

/* Ticks. */
#define SHORTEST_PERIOD	 24
#define INVERSION_PERIOD 32
#define LOW_HOLDS	 2
#define MIDDLE_WORKS	 3
#define MOST_TO_WAIT	 (LOW_HOLDS + 1)
#define REMEMBERED	 1024

#define QUEUE_MESSAGES 8
#define BURST	       16
#define STEPS	       5000
#define SHARED_EVERY   4 /* every fourth periodic thread takes the mutex */

static char stacks[STARTED + 1][THREAD_MIN_STACK] __attribute__((__aligned__(16)));
static struct thread threads[STARTED];

static struct mutex mutex, victims;
static struct semaphore handled;

/* Counters. Those of several threads are written with interrupts disabled. */
static volatile uint32_t jobs, late, unexplained;
static volatile uint32_t inherited, held_up;
static volatile uint32_t messages, out_of_order;
static volatile uint32_t raised, taken, lost;
static volatile uint32_t computed, wrong;
static volatile uint32_t restarts, not_released;
static volatile uint32_t interrupts;

static void add(volatile uint32_t *to, uint32_t number)
{
	uint32_t level = cpu_interrupts_disable();

	*to += number;
	cpu_interrupts_enable(level);
}

/* The number of missed periods at each of the last ticks. */
static uint32_t missed_at[REMEMBERED];

static uint32_t count(uint32_t periods)
{
	const uint32_t missed = clock_missed(),
		       before = missed_at[clock_ticks() % REMEMBERED];

	interrupts++;
	for (uint32_t i = 0; i < periods; i++) {
		/* The periods after this one are not missed yet. */
		const uint32_t later = periods - 1 - i;

		missed_at[(clock_ticks() + 1 + i) % REMEMBERED] =
			missed - before > later ? missed - later : before;
	}
	return periods;
}

/* The number of ticks since `tick` by which the machine itself was late. */
static uint32_t explained_since(uint32_t tick)
{
	return clock_missed() - missed_at[tick % REMEMBERED];
}

static void spin(uint32_t ticks)
{
	const struct thread *self = thread_self();
	const uint32_t start = self->ticks;

	while (*(volatile const uint32_t *)&self->ticks - start < ticks)
		;
}

/* A job is due at the end of its period. */
static void judge(uint32_t release, uint32_t period)
{
	const uint32_t level = cpu_interrupts_disable();
	const uint32_t took = clock_ticks() - release;

	jobs++;
	if (took > period)
		late++;
	if (took > period && took - period > explained_since(release))
		unexplained++;
	cpu_interrupts_enable(level);
}

static void job(uint32_t number)
{
	if (number % SHARED_EVERY == 0)
		mutex_lock(&mutex, WAIT_FOREVER);
	for (volatile int i = 0; i < 1000; i++)
		;
	if (number % SHARED_EVERY == 0)
		mutex_unlock(&mutex);
}

/* The next release in the future: skips those that a stop of the machine took. */
static uint32_t next_release(uint32_t release, uint32_t period)
{
	do
		release += period;
	while ((int32_t)(clock_ticks() - release) > 0);
	return release;
}

static void periodic(void *number_given)
{
	const uint32_t number = (uint32_t)(uintptr_t)number_given;
	const uint32_t period = SHORTEST_PERIOD + 2 * number;
	uint32_t release = clock_ticks();

	for (;;) {
		release = next_release(release, period);
		clock_sleep_until(release);
		job(number);
		judge(release, period);
	}
}

/* High waits for the mutex that low holds, while middle wants to run for longer. */
static void high(void *unused)
{
	(void)unused;
	for (uint32_t next = 0, asked;;) {
		next = next_release(next, INVERSION_PERIOD);
		clock_sleep_until(next + 1);
		asked = clock_ticks();
		mutex_lock(&mutex, WAIT_FOREVER);
		if (clock_ticks() - asked > MOST_TO_WAIT + explained_since(asked))
			held_up++;
		mutex_unlock(&mutex);
	}
}

static void middle(void *unused)
{
	(void)unused;
	for (uint32_t next = 0;;) {
		next = next_release(next, INVERSION_PERIOD);
		clock_sleep_until(next + 1);
		spin(MIDDLE_WORKS);
	}
}

static void low(void *unused)
{
	(void)unused;
	for (uint32_t next = 0;;) {
		next = next_release(next, INVERSION_PERIOD);
		clock_sleep_until(next);
		mutex_lock(&mutex, WAIT_FOREVER);
		spin(LOW_HOLDS);
		if (threads[LOW].priority < threads[LOW].base_priority)
			inherited++;
		mutex_unlock(&mutex);
	}
}

static void interrupt(int vector)
{
	(void)vector;
	semaphore_give(&handled);
}

static void handles(void *unused)
{
	(void)unused;
	for (;;) {
		semaphore_take(&handled, WAIT_FOREVER);
		taken++;
	}
}

static void raise_closed(void)
{
	const uint32_t level = cpu_interrupts_disable();

	cpu_vector_raise(CPU_VECTOR_SOFT);
	cpu_interrupts_enable(level);
}

static void raise_masked(void)
{
	cpu_vector_mask(CPU_VECTOR_SOFT);
	cpu_vector_raise(CPU_VECTOR_SOFT);
	cpu_vector_unmask(CPU_VECTOR_SOFT);
}

static void raise_open(void)
{
	cpu_vector_raise(CPU_VECTOR_SOFT);
}

/* Each interrupt is handled before the next one: the handling thread is more urgent. */
static void raises(void *unused)
{
	static void (*const ways[])(void) = { raise_open, raise_closed, raise_masked };

	(void)unused;
	interrupt_connect(CPU_VECTOR_SOFT, interrupt);
	for (;;) {
		ways[raised % 3]();
		raised++;
		clock_sleep(3);
		if (taken != raised)
			lost++;
	}
}

static struct queue queues[PAIRS];
static uint32_t places[PAIRS][QUEUE_MESSAGES];

static void produces(void *queue)
{
	for (uint32_t number = 0;; number++) {
		queue_send(queue, &number, WAIT_FOREVER);
		if (number % BURST == 0)
			clock_sleep(1 + number / BURST % 3);
	}
}

/* Some receives time out. */
static void consumes(void *queue)
{
	for (uint32_t expected = 0, number;; expected++) {
		while (queue_receive(queue, &number, expected % 5 ? WAIT_FOREVER : 2))
			;
		add(&messages, 1);
		if (number != expected)
			add(&out_of_order, 1);
	}
}

/* Floating point and integers; each step depends on the previous one. */
static uint32_t compute(void)
{
	double x = 0.3;
	uint32_t hash = 1;

	for (int i = 0; i < STEPS; i++) {
		x = 3.9 * x * (1 - x);
		hash = (hash ^ (uint32_t)(x * 1e9)) * 16777619u;
	}
	return hash;
}

static void computes(void *expected)
{
	for (;;) {
		if (compute() != *(const uint32_t *)expected)
			add(&wrong, 1);
		add(&computed, 1);
	}
}

/* The director kills this thread at any point; sometimes it ends itself by a fault. */
static void is_victim(void *faults)
{
	volatile uint32_t zero = 0;

	for (;;) {
		mutex_lock(&victims, WAIT_FOREVER);
		spin(1);
		if (faults)
			print("%u\n", clock_ticks() / zero);
		mutex_unlock(&victims);
	}
}

static void start(unsigned number, const char *name, unsigned priority,
		  void (*main)(void *), void *argument)
{
	thread_create(&threads[number], name, priority, main, argument, stacks[number],
		      sizeof(stacks[number]));
}

static void restart_victim(bool faults)
{
	thread_kill(&threads[VICTIM]);
	if (mutex_lock(&victims, 0) || mutex_unlock(&victims))
		not_released++;
	start(VICTIM, "victim", COMPUTING_PRIORITY, is_victim, faults ? &victims : NULL);
	restarts++;
}

static void start_all(const uint32_t *expected)
{
	unsigned priority = FIRST_PRIORITY;

	start(HIGH, "high", priority++, high, NULL);
	start(MIDDLE, "middle", priority++, middle, NULL);
	start(LOW, "low", priority++, low, NULL);
	start(HANDLED, "handled", priority++, handles, NULL);
	start(RAISER, "raiser", priority++, raises, NULL);
	for (unsigned i = 0; i < PERIODIC; i++)
		start(PERIODICS + i, "periodic", priority++, periodic,
		      (void *)(uintptr_t)i);
	/* One queue is usually empty, the other one full. */
	for (unsigned i = 0; i < PAIRS; i++) {
		queue_init(&queues[i], places[i], sizeof(uint32_t), QUEUE_MESSAGES);
		start(CONSUMERS + i, "consumer", priority + i, consumes, &queues[i]);
		start(PRODUCERS + i, "producer", priority + 1 - i, produces, &queues[i]);
	}
	for (unsigned i = 0; i < COMPUTING; i++)
		start(COMPUTERS + i, "computer", COMPUTING_PRIORITY, computes,
		      (void *)expected);
}

static void report(void)
{
	print("%4u s: %u jobs, %u late, %u unexplained; %u inherited, %u held up\n",
	      clock_ticks() / RATE, jobs, late, unexplained, inherited, held_up);
	print("        %u messages, %u out of order; %u interrupts, %u lost\n", messages,
	      out_of_order, raised, lost);
	print("        %u computed, %u wrong; %u restarts, %u not released; %u missed\n",
	      computed, wrong, restarts, not_released, clock_missed());
}

/* Whether each tick had an interrupt or counts as missed; one may be under way. */
static bool ticks_add_up(void)
{
	const uint32_t level = cpu_interrupts_disable();
	const uint32_t known = interrupts + clock_missed(), ticks = clock_ticks();

	cpu_interrupts_enable(level);
	return clock_is_tickless() || known - ticks + 1 <= 2;
}

/* A host may owe interrupts of a time in which the guest did not run: they come one by
 * one, and a lost one never. */
static void await_owed(void)
{
	for (unsigned i = 0; i < RATE && !ticks_add_up(); i++)
		clock_sleep(1);
}

static int verdict(void)
{
	const bool happened =
		jobs && inherited && messages && raised && computed && restarts;

	if (!ticks_add_up())
		print("soak: %u ticks, but %u interrupts and %u missed\n", clock_ticks(),
		      interrupts, clock_missed());
	if (!happened || unexplained || held_up || out_of_order || lost || wrong ||
	    not_released || !ticks_add_up()) {
		print("soak: failed\n");
		return 1;
	}
	print("soak: passed\n");
	return 0;
}

static void direct(void *unused)
{
	const uint32_t seconds = option_number("seconds", SECONDS);
	static uint32_t expected;

	(void)unused;
	clock_count_hook = count;
	expected = compute();
	mutex_init(&mutex);
	mutex_init(&victims);
	semaphore_init(&handled, 0);
	start_all(&expected);
	for (uint32_t second = 1; second <= seconds; second++) {
		restart_victim(second % REPORT_SECONDS == 0);
		clock_sleep_until(second * RATE);
		if (second % REPORT_SECONDS == 0 || second == seconds)
			report();
	}
	await_owed();
	kernel_stop(verdict());
}

const struct application application = {
	.name = "director",
	.clock_rate = RATE,
	.main = direct,
	.priority = DIRECTOR_PRIORITY,
	.stack = stacks[STARTED],
	.stack_size = sizeof(stacks[STARTED]),
};
