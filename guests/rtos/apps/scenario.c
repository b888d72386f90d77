/*
 * What the kernel does, step by step, in lines that are the same on every machine. The
 * scenario's time are ticks that count only while a thread works for them, or while all
 * sleep: so it does not matter how fast the machine is, nor whether ticks fall together.
 */
#include "clock.h"
#include "cpu.h"
#include "error.h"
#include "float_unit.h"
#include "interrupt.h"
#include "kernel.h"
#include "mutex.h"
#include "print.h"
#include "queue.h"
#include "semaphore.h"
#include "text.h"
#include "thread.h"

#define WORKERS	  3
#define DIRECTOR  1 /* priorities; the workers' are less urgent */
#define HIGH	  2
#define MEDIUM	  3
#define LOW	  4
#define TRACE_MAX 64
#define FOR_EVER  WAIT_FOREVER

static char stacks[WORKERS + 1][THREAD_MIN_STACK] __attribute__((__aligned__(16)));
static struct thread workers[WORKERS];

/* Who works, and for how many ticks more. Preempted, it starts again where it was. */
static struct thread *volatile at_work;
static char
	trace[TRACE_MAX + 1]; /* who had the ticks: first letters of names, . if nobody */
static size_t traced;

static void trace_tick(const struct thread *thread)
{
	if (traced < TRACE_MAX)
		trace[traced++] =
			thread->priority == THREAD_IDLE_PRIORITY ? '.' : *thread->name;
}

/* Ticks left, in the thread's own word. */
static volatile uint32_t *ticks_left(const struct thread *thread)
{
	return thread->data;
}

static uint32_t count(uint32_t periods)
{
	const struct thread *self = thread_self();
	uint32_t next = clock_next_timeout();

	if (!periods)
		return 0;
	if (self->priority == THREAD_IDLE_PRIORITY) {
		periods = periods < next ? periods : next;
		for (uint32_t i = 0; i < periods; i++)
			trace_tick(self);
		return periods;
	}
	if (at_work != self || !*ticks_left(self))
		return 0;
	--*ticks_left(self);
	trace_tick(self);
	return 1;
}

/* Computes for so many ticks of its own, whoever else has some in between. */
static void work(uint32_t ticks)
{
	volatile uint32_t left = ticks;
	struct thread *self = thread_self();

	self->data = (void *)&left;
	while (left)
		at_work = self;
	at_work = NULL;
}

/* Ticks of the scenario. */
static uint32_t started;

static uint32_t now(void)
{
	return clock_ticks() - started;
}

static void say(const char *what)
{
	print("%3u %s: %s\n", now(), thread_self()->name, what);
}

static void start(unsigned number, const char *name, unsigned priority,
		  void (*main)(void *))
{
	thread_create(&workers[number], name, priority, main, NULL, stacks[number],
		      sizeof(stacks[number]));
}

/* Waits for all workers that were started, and shows who had the ticks. */
static void finish(unsigned count_of_workers)
{
	for (unsigned i = 0; i < count_of_workers; i++)
		thread_join(&workers[i], FOR_EVER);
	trace[traced] = 0;
	print("    ticks: %s\n", trace);
	traced = 0;
}

/* Three of one priority, in turn. */
static void works_six(void *unused)
{
	(void)unused;
	work(6);
	say("has had its six ticks");
}

static void round_robin(void)
{
	print("round robin, slices of %u ticks\n", THREAD_SLICE);
	start(0, "A", LOW, works_six);
	start(1, "B", LOW, works_six);
	start(2, "C", LOW, works_six);
	finish(3);
}

/* One that sleeps, and is more urgent than one that works. */
static void works_eight(void *unused)
{
	(void)unused;
	work(8);
	say("done");
}

static void sleeps_and_works(void *unused)
{
	(void)unused;
	for (int i = 0; i < 3; i++) {
		clock_sleep(3);
		say("awake");
		work(1);
	}
}

static void preemption(void)
{
	print("preemption: H sleeps three ticks, and works one\n");
	start(0, "low", LOW, works_eight);
	start(1, "High", HIGH, sleeps_and_works);
	finish(2);
}

/* Low has what High needs, and medium does not need it: with and without inheritance. */
static struct mutex mutex;
static struct semaphore semaphore;

static void low_with_mutex(void *unused)
{
	(void)unused;
	mutex_lock(&mutex, FOR_EVER);
	work(4);
	mutex_unlock(&mutex);
	work(2);
}

static void high_with_mutex(void *unused)
{
	(void)unused;
	clock_sleep(1);
	mutex_lock(&mutex, FOR_EVER);
	say("has the mutex");
	mutex_unlock(&mutex);
}

static void low_with_semaphore(void *unused)
{
	(void)unused;
	semaphore_take(&semaphore, FOR_EVER);
	work(4);
	semaphore_give(&semaphore);
	work(2);
}

static void high_with_semaphore(void *unused)
{
	(void)unused;
	clock_sleep(1);
	semaphore_take(&semaphore, FOR_EVER);
	say("has the semaphore");
	semaphore_give(&semaphore);
}

static void medium(void *unused)
{
	(void)unused;
	clock_sleep(2);
	work(8);
}

static void inversion(void)
{
	print("a semaphore: medium holds High up, which waits for low\n");
	semaphore_init(&semaphore, 1);
	start(0, "low", LOW, low_with_semaphore);
	start(1, "medium", MEDIUM, medium);
	start(2, "High", HIGH, high_with_semaphore);
	finish(3);
	print("a mutex: low inherits, and medium waits\n");
	mutex_init(&mutex);
	start(0, "low", LOW, low_with_mutex);
	start(1, "medium", MEDIUM, medium);
	start(2, "High", HIGH, high_with_mutex);
	finish(3);
}

/* A chain: who waits owns something himself. High gives up after three ticks. */
static struct mutex first, second;

static void owns_first(void *unused)
{
	(void)unused;
	mutex_lock(&first, FOR_EVER);
	work(6);
	say(mutex_lock(&second, 0) == E_DEADLOCK ? "no way round" : "a way round");
	mutex_unlock(&first);
}

static void owns_second(void *unused)
{
	(void)unused;
	mutex_lock(&second, FOR_EVER);
	clock_sleep(1);
	say(mutex_lock(&second, FOR_EVER) == E_DEADLOCK ? "has it already" : "?");
	mutex_lock(&first, FOR_EVER);
	say("has both");
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static void gives_up(void *unused)
{
	(void)unused;
	clock_sleep(2);
	say(mutex_lock(&second, 3) == E_TIMEOUT ? "gave up" : "has it");
}

static void show_priorities(const char *when)
{
	print("%3u %s: first's owner %u, second's owner %u\n", now(), when,
	      workers[0].priority, workers[1].priority);
}

static void chain(void)
{
	print("a chain of two owners\n");
	mutex_init(&first);
	mutex_init(&second);
	start(0, "low", LOW, owns_first);
	start(1, "medium", MEDIUM, owns_second);
	start(2, "High", HIGH, gives_up);
	clock_sleep(1);
	show_priorities("at first");
	clock_sleep(2);
	show_priorities("High waits");
	clock_sleep(3);
	show_priorities("High gave up");
	finish(3);
}

/* Two wait: who has unlocked inherits from neither of them, and may have to wait again.
 */
static void locks_twice(void *unused)
{
	(void)unused;
	for (int i = 0; i < 2; i++) {
		mutex_lock(&mutex, FOR_EVER);
		work(3);
		mutex_unlock(&mutex);
		print("%3u low: its priority is %u\n", now(), thread_self()->priority);
	}
}

static void locks_later(void *unused)
{
	(void)unused;
	for (int i = 0; i < 2; i++) {
		clock_sleep(thread_self()->base_priority == MEDIUM ? 1 : 2);
		mutex_lock(&mutex, FOR_EVER);
		say("has the mutex");
		work(3);
		mutex_unlock(&mutex);
	}
}

static void two_wait(void)
{
	print("two wait for a mutex\n");
	mutex_init(&mutex);
	start(0, "low", LOW, locks_twice);
	start(1, "medium", MEDIUM, locks_later);
	start(2, "High", HIGH, locks_later);
	finish(3);
}

/* Priorities that change while somebody waits: his place, and what is inherited. */
static void takes_semaphore(void *unused)
{
	(void)unused;
	say(semaphore_take(&semaphore, FOR_EVER) ? "?" : "has one");
}

static void changed_places(void)
{
	print("priorities that change\n");
	semaphore_init(&semaphore, 0);
	start(0, "A", LOW, takes_semaphore);
	start(1, "B", LOW, takes_semaphore);
	start(2, "C", LOW, takes_semaphore);
	clock_sleep(1);
	thread_set_priority(&workers[2], MEDIUM);
	for (int i = 0; i < 3; i++) {
		semaphore_give(&semaphore);
		clock_sleep(1);
	}
	finish(3);
}

static void changed_inheritance(void)
{
	mutex_init(&first);
	mutex_init(&second);
	start(0, "low", LOW, owns_first);
	start(1, "medium", MEDIUM, owns_second);
	clock_sleep(2);
	show_priorities("at first");
	thread_set_priority(&workers[1], HIGH);
	show_priorities("second's is more urgent");
	thread_set_priority(&workers[0], MEDIUM);
	show_priorities("first's has another one");
	thread_kill(&workers[1]);
	show_priorities("second's has ended");
	say(mutex_unlock(&first) == E_OWNER ? "first is not the director's" : "?");
	say(mutex_lock(&second, 0) ? "second is lost" : "second is free");
	mutex_unlock(&second);
	say(thread_join(&workers[0], 1) == E_TIMEOUT ? "first's works on" : "?");
	finish(1);
}

/* A message queue for two, between one that is fast and one that is slow. */
static struct queue queue;
static uint32_t messages[2];

static void produces(void *unused)
{
	(void)unused;
	for (uint32_t i = 1; i <= 5; i++) {
		work(1);
		queue_send(&queue, &i, FOR_EVER);
		print("%3u %s: sent %u\n", now(), thread_self()->name, i);
	}
}

static void consumes(void *unused)
{
	uint32_t message;

	(void)unused;
	while (!queue_receive(&queue, &message, 5)) {
		print("%3u %s: received %u\n", now(), thread_self()->name, message);
		clock_sleep(3);
	}
	say("nothing came in five ticks");
}

static void messages_in_order(void)
{
	print("messages: a queue for two\n");
	queue_init(&queue, messages, sizeof(*messages), 2);
	start(0, "producer", LOW, produces);
	start(1, "Consumer", HIGH, consumes);
	finish(2);
}

/* Ended when it has just got what it waited for, a thread takes no place with it. */
static void sends(void *unused)
{
	const uint32_t message = 3;

	(void)unused;
	queue_send(&queue, &message, FOR_EVER);
	say("not ended");
}

static void receives(void *unused)
{
	uint32_t message;

	(void)unused;
	queue_receive(&queue, &message, FOR_EVER);
	say("not ended");
}

static void fill(void)
{
	uint32_t sent = 0;

	while (!queue_send(&queue, &sent, 0))
		sent++;
	print("%3u there was room for %u\n", now(), sent);
}

static void places(void)
{
	uint32_t message = 0;

	print("messages for those that end\n");
	queue_init(&queue, messages, sizeof(*messages), 2);
	start(0, "receives", LOW, receives);
	clock_sleep(1);
	queue_send(&queue, &message, 0);
	thread_kill(&workers[0]);
	fill();
	start(0, "sends", LOW, sends);
	clock_sleep(1);
	queue_receive(&queue, &message, 0);
	thread_kill(&workers[0]);
	while (!queue_receive(&queue, &message, 0))
		print("%3u received %u\n", now(), message);
	fill();
	finish(1);
}

/* An interrupt of the scenario's own wakes a thread; masked, it has to wait. */
static void interrupt(int vector)
{
	(void)vector;
	semaphore_give(&semaphore);
}

static void waits_for_interrupt(void *unused)
{
	(void)unused;
	for (int i = 0; i < 3; i++) {
		semaphore_take(&semaphore, FOR_EVER);
		say("an interrupt");
	}
}

static void raise_closed(void)
{
	uint32_t level = cpu_interrupts_disable();

	cpu_vector_raise(CPU_VECTOR_SOFT);
	say("raised with interrupts closed");
	cpu_interrupts_enable(level);
}

static void raises(void *unused)
{
	(void)unused;
	say("raises");
	cpu_vector_raise(CPU_VECTOR_SOFT);
	raise_closed();
	cpu_vector_mask(CPU_VECTOR_SOFT);
	cpu_vector_raise(CPU_VECTOR_SOFT);
	say("raised while it was masked");
	cpu_vector_unmask(CPU_VECTOR_SOFT);
	say("unmasked");
}

static void interrupts(void)
{
	print("interrupts\n");
	semaphore_init(&semaphore, 0);
	interrupt_connect(CPU_VECTOR_SOFT, interrupt);
	start(0, "High", HIGH, waits_for_interrupt);
	start(1, "low", LOW, raises);
	finish(2);
	interrupt_disconnect(CPU_VECTOR_SOFT);
}

/* Who comes first, how often, and what is dropped. */
static void tells(int vector)
{
	print("    %u\n", vector - CPU_VECTOR_SOFT);
}

static void raise_both_twice(void)
{
	uint32_t level = cpu_interrupts_disable();

	for (int i = 0; i < 2; i++) {
		cpu_vector_raise(CPU_VECTOR_SOFT + 1);
		cpu_vector_raise(CPU_VECTOR_SOFT);
	}
	cpu_interrupts_enable(level);
}

static void vectors(void)
{
	cpu_vector_raise(CPU_VECTOR_SOFT);
	say(interrupt_connect(CPU_VECTOR_SOFT, tells) ? "0 is connected" : "?");
	say(interrupt_connect(CPU_VECTOR_SOFT, tells) ? "?" : "it is in use");
	say(interrupt_connect(CPU_VECTORS, tells) ? "?" : "there is no such vector");
	interrupt_connect(CPU_VECTOR_SOFT + 1, tells);
	say("raises 1 and 0 twice");
	raise_both_twice();
	cpu_vector_mask(CPU_VECTOR_SOFT);
	cpu_vector_raise(CPU_VECTOR_SOFT);
	say("0 is masked");
	interrupt_disconnect(CPU_VECTOR_SOFT);
	say(interrupt_disconnect(CPU_VECTOR_SOFT) ? "?" : "0 is not connected any more");
	interrupt_connect(CPU_VECTOR_SOFT, tells);
	say("it is again");
	interrupt_disconnect(CPU_VECTOR_SOFT);
	interrupt_disconnect(CPU_VECTOR_SOFT + 1);
}

/* Floating-point control is a thread's own, and what it leaves in x87 nobody's. */
static bool handler_has_defaults;

static void looks_at_control(int vector)
{
	(void)vector;
	handler_has_defaults = float_has_control(MXCSR_DEFAULT, X87_DEFAULT);
}

static void rounds_to_zero(void *unused)
{
	(void)unused;
	float_set_control(MXCSR_TO_ZERO, X87_TO_ZERO);
	thread_yield();
	cpu_vector_raise(CPU_VECTOR_SOFT);
	say(handler_has_defaults ? "a handler has the defaults" : "?");
	say(float_has_control(MXCSR_TO_ZERO, X87_TO_ZERO) ? "rounds as before" : "?");
}

static void has_defaults(void *unused)
{
	(void)unused;
	say(float_has_control(MXCSR_DEFAULT, X87_DEFAULT) ? "starts with defaults" : "?");
	thread_yield();
	say(float_has_control(MXCSR_DEFAULT, X87_DEFAULT) ? "has them still" : "?");
}

static void leaves_exception(void *unused)
{
	(void)unused;
	float_leave_exception();
	clock_sleep(1);
	say("an exception that nobody looked at is gone");
}

static void faults_in_x87(void *unused)
{
	(void)unused;
	float_fault();
}

static void floating_point(void)
{
	print("floating point\n");
	interrupt_connect(CPU_VECTOR_SOFT, looks_at_control);
	start(0, "A", LOW, rounds_to_zero);
	start(1, "B", LOW, has_defaults);
	start(2, "C", LOW, faults_in_x87);
	finish(3);
	say(float_x87_is_empty() ? "x87 is empty" : "x87 is full of what C left");
	start(0, "A", LOW, leaves_exception);
	finish(1);
	interrupt_disconnect(CPU_VECTOR_SOFT);
}

/* Equals that let each other go first, until one of them is more urgent. */
static void yields(void *unused)
{
	(void)unused;
	for (int i = 0; i < 3; i++) {
		say("lets others go first");
		thread_yield();
	}
	say("done");
}

static void becomes_urgent(void *unused)
{
	(void)unused;
	say("lets others go first");
	thread_yield();
	thread_set_priority(thread_self(), HIGH);
	say("is more urgent now");
	thread_yield();
	say("done");
}

static void yielding(void)
{
	print("yield\n");
	start(0, "A", LOW, yields);
	start(1, "B", LOW, becomes_urgent);
	finish(2);
}

/* A thread that faults ends alone, and what it had is the next one's. */
static void divides(void *unused)
{
	volatile int zero = 0;

	(void)unused;
	mutex_lock(&mutex, FOR_EVER);
	work(2);
	print("%u\n", clock_ticks() / (unsigned)zero);
}

static void waits_for_mutex(void *unused)
{
	(void)unused;
	clock_sleep(1);
	mutex_lock(&mutex, FOR_EVER);
	say("has what the other one had");
	mutex_unlock(&mutex);
}

static void is_illegal(void *unused)
{
	(void)unused;
	__asm__ volatile("std\n\tud2"); /* the direction is nobody else's either */
}

static void faults(void)
{
	print("faults\n");
	mutex_init(&mutex);
	start(0, "divides", LOW, divides);
	start(1, "waits", HIGH, waits_for_mutex);
	start(2, "illegal", LOW, is_illegal);
	finish(3);
}

/* Ended from outside, in the midst of work and of sleep, and started again. */
static void works_for_ever(void *unused)
{
	(void)unused;
	mutex_lock(&mutex, FOR_EVER);
	say("started");
	work(1000);
}

static void sleeps_for_ever(void *unused)
{
	(void)unused;
	clock_sleep(1000);
}

static void kills(void)
{
	print("kill and restart\n");
	start(1, "sleeps", MEDIUM, sleeps_for_ever);
	for (int i = 0; i < 2; i++) {
		start(0, "works", LOW, works_for_ever);
		clock_sleep(3);
		thread_kill(&workers[0]);
		say(mutex_lock(&mutex, 0) ? "the mutex is lost" : "the mutex is free");
		mutex_unlock(&mutex);
	}
	thread_kill(&workers[1]);
	finish(2);
}

/* Times in any order, and a limit that is reached. */
static void sleepers(void)
{
	static const uint32_t naps[] = { 50, 20, 30 };

	print("sleep\n");
	semaphore_init(&semaphore, 0);
	for (int i = 0; i < 3; i++) {
		clock_sleep(naps[i]);
		say("awake");
	}
	clock_sleep(0);
	clock_sleep_until(clock_ticks() - 1);
	say("slept for no time");
	say(semaphore_take(&semaphore, 10) == E_TIMEOUT ? "nobody gave anything" : "?");
	finish(0);
}

static void direct(void *unused)
{
	(void)unused;
	clock_count_hook = count;
	started = clock_ticks();
	round_robin();
	preemption();
	inversion();
	chain();
	two_wait();
	changed_places();
	changed_inheritance();
	messages_in_order();
	places();
	interrupts();
	vectors();
	floating_point();
	yielding();
	faults();
	kills();
	sleepers();
	print("%3u the end\n", now());
	kernel_stop(0);
}

const struct application application = {
	.name = "director",
	.clock_rate = 100,
	.main = direct,
	.priority = DIRECTOR,
	.stack = stacks[WORKERS],
	.stack_size = sizeof(stacks[WORKERS]),
};
