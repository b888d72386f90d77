/* Ready lists, one a priority, and the dispatcher. See thread.h. */
#include "cpu.h"
#include "error.h"
#include "interrupt.h"
#include "kernel.h"
#include "thread.h"

#define STACK_MARK 0x6b617473 /* the lowest word of each stack */

static struct list ready[THREAD_PRIORITIES];
static uint32_t ready_priorities; /* bit 31 - n: somebody of priority n is ready */
static struct list all;
static struct thread *current;

void (*thread_switch_hook)(struct thread *next);

void thread_init(void)
{
	for (unsigned i = 0; i < THREAD_PRIORITIES; i++)
		list_init(&ready[i]);
	list_init(&all);
}

struct thread *thread_self(void)
{
	return current;
}

struct thread *thread_next(const struct thread *thread)
{
	const struct list *place = thread ? &thread->all : &all;

	return place->next == &all ? NULL : LIST_ENTRY(place->next, struct thread, all);
}

static uint32_t priority_bit(unsigned priority)
{
	return 1u << (THREAD_PRIORITIES - 1 - priority);
}

static struct thread *most_urgent(void)
{
	unsigned priority = (unsigned)__builtin_clz(ready_priorities);

	return LIST_ENTRY(ready[priority].next, struct thread, link);
}

static void append_ready(struct thread *thread)
{
	list_append(&ready[thread->priority], &thread->link);
	ready_priorities |= priority_bit(thread->priority);
}

static void remove_ready(struct thread *thread)
{
	list_remove(&thread->link);
	if (list_is_empty(&ready[thread->priority]))
		ready_priorities &= ~priority_bit(thread->priority);
}

void thread_make_ready(struct thread *thread)
{
	thread->state = THREAD_READY;
	append_ready(thread);
}

void thread_make_waiting(struct thread *thread)
{
	thread->state = THREAD_WAITING;
	remove_ready(thread);
}

void thread_move(struct thread *thread, unsigned priority)
{
	if (thread->state == THREAD_READY)
		remove_ready(thread);
	else
		list_remove(&thread->link);
	thread->priority = priority;
	if (thread->state == THREAD_READY)
		append_ready(thread);
	else if (thread->wait.queue)
		wait_insert(thread);
}

/* The idle thread, first of all, has its priority for itself. */
static void check_priority(const char *name, unsigned priority)
{
	const unsigned end =
		list_is_empty(&all) ? THREAD_PRIORITIES : THREAD_IDLE_PRIORITY;

	if (priority >= end)
		kernel_panic("%s: no thread's priority is %u", name, priority);
}

void thread_set_priority(struct thread *thread, unsigned priority)
{
	uint32_t level = cpu_interrupts_disable();

	check_priority(thread->name, priority);
	thread->base_priority = priority;
	wait_inherit(thread);
	thread_dispatch();
	cpu_interrupts_enable(level);
}

static void rotate(struct thread *thread)
{
	thread->slice = THREAD_SLICE;
	remove_ready(thread);
	append_ready(thread);
}

void thread_tick(void)
{
	current->ticks++;
	if (current->state == THREAD_READY && --current->slice == 0)
		rotate(current);
}

void thread_yield(void)
{
	uint32_t level = cpu_interrupts_disable();

	rotate(current);
	thread_dispatch();
	cpu_interrupts_enable(level);
}

static void check_stack(const struct thread *thread)
{
	if (*thread->stack != STACK_MARK)
		kernel_panic("%s: its stack of %u bytes is too small", thread->name,
			     (unsigned)thread->stack_size);
}

void thread_dispatch(void)
{
	struct thread *self = current, *heir = most_urgent();

	if (interrupt_is_active() || heir == self)
		return;
	check_stack(self);
	current = heir;
	if (thread_switch_hook)
		thread_switch_hook(heir);
	cpu_context_switch(&self->sp, heir->sp);
}

void thread_start_first(void)
{
	void *entered_with;

	current = most_urgent();
	if (thread_switch_hook)
		thread_switch_hook(current);
	cpu_context_switch(&entered_with, current->sp);
	__builtin_unreachable();
}

/* Where each thread starts, with interrupts closed. */
static void begin(void)
{
	cpu_interrupts_open();
	current->main(current->argument);
	thread_exit();
}

void thread_create(struct thread *thread, const char *name, unsigned priority,
		   void (*main)(void *), void *argument, void *stack, size_t size)
{
	uint32_t level;

	check_priority(name, priority);
	if (size < THREAD_MIN_STACK || (size | (uintptr_t)stack) % 16)
		kernel_panic("%s: its stack of %u bytes is too small or not aligned",
			     name, (unsigned)size);
	*thread = (struct thread){
		.sp = cpu_context_init((char *)stack + size, begin),
		.name = name,
		.priority = priority,
		.base_priority = priority,
		.slice = THREAD_SLICE,
		.main = main,
		.argument = argument,
		.stack = stack,
		.stack_size = size,
	};
	*thread->stack = STACK_MARK;
	list_init(&thread->owned);
	list_init(&thread->wait.timeout);
	wait_queue_init(&thread->joiners);
	level = cpu_interrupts_disable();
	list_append(&all, &thread->all);
	thread_make_ready(thread);
	if (current)
		thread_dispatch();
	cpu_interrupts_enable(level);
}

static void give_away(struct thread *thread)
{
	while (!list_is_empty(&thread->owned))
		wait_pass_on(LIST_ENTRY(thread->owned.next, struct wait_queue, owned));
}

/* With interrupts closed; the caller dispatches. */
static void end(struct thread *thread)
{
	struct thread *joiner;

	if (thread->state == THREAD_WAITING)
		wait_end(thread, E_TIMEOUT);
	give_away(thread);
	remove_ready(thread);
	thread->state = THREAD_ENDED;
	list_remove(&thread->all);
	while ((joiner = wait_first(&thread->joiners)))
		wait_end(joiner, 0);
}

void thread_exit(void)
{
	cpu_interrupts_disable();
	end(current);
	thread_dispatch();
	__builtin_unreachable();
}

void thread_kill(struct thread *thread)
{
	uint32_t level = cpu_interrupts_disable();

	if (thread->state != THREAD_ENDED)
		end(thread);
	thread_dispatch();
	cpu_interrupts_enable(level);
}

int thread_join(struct thread *thread, uint32_t ticks)
{
	uint32_t level = cpu_interrupts_disable();
	int result = 0;

	if (thread == current)
		result = E_DEADLOCK;
	else if (thread->state != THREAD_ENDED)
		result = wait_in(&thread->joiners, ticks);
	cpu_interrupts_enable(level);
	return result;
}
