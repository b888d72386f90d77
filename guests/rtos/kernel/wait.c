/* See wait.h. */
#include "clock.h"
#include "error.h"
#include "thread.h"

void wait_queue_init(struct wait_queue *queue)
{
	list_init(&queue->threads);
	list_init(&queue->owned);
	queue->owner = NULL;
}

struct thread *wait_first(const struct wait_queue *queue)
{
	if (list_is_empty(&queue->threads))
		return NULL;
	return LIST_ENTRY(queue->threads.next, struct thread, link);
}

void wait_insert(struct thread *thread)
{
	struct list *head = &thread->wait.queue->threads;

	LIST_FOR_EACH(link, head)
	{
		if (LIST_ENTRY(link, struct thread, link)->priority > thread->priority) {
			list_insert_before(link, &thread->link);
			return;
		}
	}
	list_append(head, &thread->link);
}

/* The most urgent of its own priority, and of all who wait for what it owns. */
static unsigned inherited_priority(const struct thread *thread)
{
	unsigned priority = thread->base_priority;

	LIST_FOR_EACH(link, &thread->owned)
	{
		struct thread *first =
			wait_first(LIST_ENTRY(link, struct wait_queue, owned));

		if (first && first->priority < priority)
			priority = first->priority;
	}
	return priority;
}

/* Ends: nobody waits for what belongs to somebody who waits for him (mutex.c). */
void wait_inherit(struct thread *thread)
{
	while (thread) {
		unsigned priority = inherited_priority(thread);

		if (priority == thread->priority)
			return;
		thread_move(thread, priority);
		thread = thread->wait.queue ? thread->wait.queue->owner : NULL;
	}
}

void wait_queue_own(struct wait_queue *queue, struct thread *owner)
{
	struct thread *before = queue->owner;

	queue->owner = owner;
	list_remove(&queue->owned);
	if (owner)
		list_append(&owner->owned, &queue->owned);
	wait_inherit(before); /* the new one is more urgent than whoever still waits */
}

int wait_in(struct wait_queue *queue, uint32_t ticks)
{
	struct thread *self = thread_self();

	if (!ticks)
		return E_TIMEOUT;
	thread_make_waiting(self);
	self->wait.queue = queue;
	if (queue) {
		wait_insert(self);
		wait_inherit(queue->owner);
	}
	if (ticks != WAIT_FOREVER)
		clock_add_timeout(&self->wait, ticks);
	thread_dispatch();
	return self->wait.result;
}

void wait_end(struct thread *thread, int result)
{
	struct wait_queue *queue = thread->wait.queue;

	thread->wait.result = result;
	thread->wait.queue = NULL;
	list_remove(&thread->wait.timeout);
	list_remove(&thread->link);
	if (queue)
		wait_inherit(queue->owner);
	thread_make_ready(thread);
}

void wait_pass_on(struct wait_queue *queue)
{
	struct thread *next = wait_first(queue);

	if (next)
		wait_end(next, 0);
	wait_queue_own(queue, next);
}
