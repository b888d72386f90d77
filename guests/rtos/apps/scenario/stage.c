/* See stage.h. */
#include "clock.h"
#include "print.h"
#include "stage.h"
#include "timeout.h"

#define TRACE_MAX 64

/* A variable each: traces and debuggers name a thread's stack by the variable. */
static char first_stack[THREAD_MIN_STACK] __attribute__((__aligned__(16)));
static char second_stack[THREAD_MIN_STACK] __attribute__((__aligned__(16)));
static char third_stack[THREAD_MIN_STACK] __attribute__((__aligned__(16)));
static char *const stacks[WORKERS] = { first_stack, second_stack, third_stack };
struct thread workers[WORKERS];

/* The thread that works. A preempted thread sets it again when it continues. */
static struct thread *volatile at_work;
/* The thread that had each tick: the first letter of its name, or . for idle time. */
static char trace[TRACE_MAX + 1];
static size_t traced;
static volatile uint32_t looks; /* of the clock at the thread that runs */

static void trace_tick(const struct thread *thread)
{
	if (traced < TRACE_MAX)
		trace[traced++] =
			thread->priority == THREAD_IDLE_PRIORITY ? '.' : *thread->name;
}

/* The thread's remaining ticks. */
static volatile uint32_t *ticks_left(const struct thread *thread)
{
	return thread->data;
}

static uint32_t count(uint32_t periods)
{
	const struct thread *self = thread_self();
	uint32_t next = timeout_next();

	looks++;
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

void work(uint32_t ticks)
{
	volatile uint32_t left = ticks;
	struct thread *self = thread_self();

	self->data = (void *)&left;
	while (left)
		at_work = self;
	at_work = NULL;
}

void rest(void)
{
	for (uint32_t before = looks; looks == before;)
		;
}

static uint32_t opened;

void stage_open(void)
{
	clock_count_hook = count;
	opened = clock_ticks();
}

uint32_t now(void)
{
	return clock_ticks() - opened;
}

void say(const char *what)
{
	print("%3u %s: %s\n", now(), thread_self()->name, what);
}

void start(unsigned number, const char *name, unsigned priority, void (*main)(void *))
{
	if (at_work == &workers[number])
		at_work = NULL; /* it was killed at work */
	thread_create(&workers[number], name, priority, main, NULL, stacks[number],
		      THREAD_MIN_STACK);
}

void finish(unsigned count_of_workers)
{
	for (unsigned i = 0; i < count_of_workers; i++)
		thread_join(&workers[i], FOR_EVER);
	trace[traced] = 0;
	print("    ticks: %s\n", trace);
	traced = 0;
}
