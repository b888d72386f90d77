/* See thread.h. Depends only on cpu, error, panic, sched, tcb and wait. */
#include "cpu.h"
#include "error.h"
#include "panic.h"
#include "sched.h"
#include "thread.h"

static struct list all = { &all, &all };

struct thread *thread_self(void)
{
	return sched_current();
}

struct thread *thread_next(const struct thread *thread)
{
	const struct list *place = thread ? &thread->all : &all;

	return place->next == &all ? NULL : LIST_ENTRY(place->next, struct thread, all);
}

/* The first thread is the idle one, and the only one with its priority. */
static void check_priority(const char *name, unsigned priority)
{
	const unsigned end =
		list_is_empty(&all) ? THREAD_PRIORITIES : THREAD_IDLE_PRIORITY;

	if (priority >= end)
		kernel_panic("%s: priority %u: out of range (expected 0 to %u)", name,
			     priority, end - 1);
}

void thread_set_priority(struct thread *thread, unsigned priority)
{
	uint32_t level = cpu_interrupts_disable();

	check_priority(thread->name, priority);
	thread->base_priority = priority;
	wait_inherit(thread);
	sched_dispatch();
	cpu_interrupts_enable(level);
}

void thread_yield(void)
{
	uint32_t level = cpu_interrupts_disable();

	sched_rotate();
	sched_dispatch();
	cpu_interrupts_enable(level);
}

/* Every thread starts here, with interrupts disabled. */
static void begin(void)
{
	struct thread *self = sched_current();

	cpu_interrupts_open();
	self->main(self->argument);
	thread_exit();
}

static void check_stack(const char *name, const void *stack, size_t size)
{
	if (size < THREAD_MIN_STACK)
		kernel_panic("%s: stack of %u bytes: too small (expected at least %u)",
			     name, (unsigned)size, (unsigned)THREAD_MIN_STACK);
	if ((size | (uintptr_t)stack) % 16)
		kernel_panic("%s: stack of %u bytes: address or size not aligned to 16",
			     name, (unsigned)size);
}

void thread_create(struct thread *thread, const char *name, unsigned priority,
		   void (*main)(void *), void *argument, void *stack, size_t size)
{
	uint32_t level;

	check_priority(name, priority);
	check_stack(name, stack, size);
	*thread = (struct thread){
		.name = name,
		.priority = priority,
		.base_priority = priority,
		.slice = THREAD_SLICE,
		.main = main,
		.argument = argument,
		.stack = stack,
		.stack_size = size,
	};
	sched_prepare(thread, begin);
	list_init(&thread->owned);
	list_init(&thread->wait.timeout.link);
	wait_queue_init(&thread->joiners);
	level = cpu_interrupts_disable();
	list_append(&all, &thread->all);
	sched_make_ready(thread);
	if (sched_current())
		sched_dispatch();
	cpu_interrupts_enable(level);
}

static void give_away(struct thread *thread)
{
	while (!list_is_empty(&thread->owned))
		wait_pass_on(LIST_ENTRY(thread->owned.next, struct wait_queue, owned));
}

/* With interrupts disabled; the caller dispatches. */
static void end(struct thread *thread)
{
	struct thread *joiner;

	if (thread->state == THREAD_WAITING)
		wait_end(thread, E_TIMEOUT);
	give_away(thread);
	sched_make_unready(thread, THREAD_ENDED);
	list_remove(&thread->all);
	while ((joiner = wait_first(&thread->joiners)))
		wait_end(joiner, 0);
}

void thread_exit(void)
{
	cpu_interrupts_disable();
	end(sched_current());
	sched_dispatch();
	__builtin_unreachable();
}

void thread_kill(struct thread *thread)
{
	uint32_t level = cpu_interrupts_disable();

	if (thread->state != THREAD_ENDED)
		end(thread);
	sched_dispatch();
	cpu_interrupts_enable(level);
}

int thread_join(struct thread *thread, uint32_t ticks)
{
	uint32_t level = cpu_interrupts_disable();
	int result = 0;

	if (thread == sched_current())
		result = E_DEADLOCK;
	else if (thread->state != THREAD_ENDED)
		result = wait_in(&thread->joiners, ticks);
	cpu_interrupts_enable(level);
	return result;
}
