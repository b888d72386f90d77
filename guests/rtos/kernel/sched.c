/*
 * One ready list for each priority, and the dispatcher. See sched.h.
 * Depends only on cpu, panic and tcb.
 */
#include "cpu.h"
#include "panic.h"
#include "sched.h"

#define STACK_MARK 0x6b617473 /* the lowest word of each stack */

static struct list ready[THREAD_PRIORITIES];
static uint32_t ready_priorities; /* bit 31 - n: some thread of priority n is ready */
static struct thread *current;
static unsigned interrupts; /* handlers under way */

void (*sched_switch_hook)(struct thread *next);

void sched_init(void)
{
	for (unsigned i = 0; i < THREAD_PRIORITIES; i++)
		list_init(&ready[i]);
}

struct thread *sched_current(void)
{
	return current;
}

void sched_enter_interrupt(void)
{
	interrupts++;
}

void sched_leave_interrupt(void)
{
	interrupts--;
}

bool sched_is_in_interrupt(void)
{
	return interrupts;
}

void sched_prepare(struct thread *thread, void (*begin)(void))
{
	thread->sp = cpu_context_init((char *)thread->stack + thread->stack_size, begin);
	*thread->stack = STACK_MARK;
}

static uint32_t priority_bit(unsigned priority)
{
	return 1u << (THREAD_PRIORITIES - 1 - priority);
}

/* Exists always: the idle thread never waits. */
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

void sched_make_ready(struct thread *thread)
{
	thread->state = THREAD_READY;
	append_ready(thread);
}

void sched_make_unready(struct thread *thread, enum thread_state state)
{
	thread->state = state;
	remove_ready(thread);
}

void sched_set_priority(struct thread *thread, unsigned priority)
{
	remove_ready(thread);
	thread->priority = priority;
	append_ready(thread);
}

void sched_rotate(void)
{
	current->slice = THREAD_SLICE;
	remove_ready(current);
	append_ready(current);
}

/* The clock hook may have ended the running thread. */
void sched_tick(void)
{
	current->ticks++;
	if (current->state == THREAD_READY && --current->slice == 0)
		sched_rotate();
}

static void check_stack(const struct thread *thread)
{
	if (*thread->stack != STACK_MARK)
		kernel_panic("%s: stack overflow: %u bytes are too few", thread->name,
			     (unsigned)thread->stack_size);
}

/* Interrupts are disabled until the switch has happened. */
static void prepare_switch(struct thread *heir)
{
	if (sched_switch_hook)
		sched_switch_hook(heir);
	cpu_set_stack_limit(heir->stack + 1); /* above the mark */
}

void sched_dispatch(void)
{
	struct thread *self = current, *heir = most_urgent();

	if (interrupts || heir == self)
		return;
	check_stack(self);
	current = heir;
	prepare_switch(heir);
	cpu_context_switch(&self->sp, heir->sp);
}

void sched_start(void)
{
	void *entered_with;

	current = most_urgent();
	prepare_switch(current);
	cpu_context_switch(&entered_with, current->sp);
	__builtin_unreachable();
}
