/* See wait.h. Depends only on error, sched, tcb and timeout. */
#include "error.h"
#include "sched.h"
#include "timeout.h"
#include "wait.h"

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

/* After all threads that are as urgent or more. */
static void insert(struct wait_queue *queue, struct thread *thread)
{
	LIST_FOR_EACH(link, &queue->threads)
	{
		if (LIST_ENTRY(link, struct thread, link)->priority > thread->priority) {
			list_insert_before(link, &thread->link);
			return;
		}
	}
	list_append(&queue->threads, &thread->link);
}

/* The most urgent of its own priority and those of the threads that wait for what it
 * owns. */
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

/* Keeps the thread in order in the list that it is in. */
static void set_priority(struct thread *thread, unsigned priority)
{
	if (thread->state == THREAD_READY) {
		sched_set_priority(thread, priority);
		return;
	}
	list_remove(&thread->link);
	thread->priority = priority;
	if (thread->wait.queue)
		insert(thread->wait.queue, thread);
}

/* Terminates: mutex.c refuses a lock that would close a circle of owners. */
void wait_inherit(struct thread *thread)
{
	while (thread) {
		unsigned priority = inherited_priority(thread);

		if (priority == thread->priority)
			return;
		set_priority(thread, priority);
		thread = thread->wait.queue ? thread->wait.queue->owner : NULL;
	}
}

/* The new owner needs no update: it is more urgent than the threads that still wait. */
void wait_queue_own(struct wait_queue *queue, struct thread *owner)
{
	struct thread *before = queue->owner;

	queue->owner = owner;
	list_remove(&queue->owned);
	if (owner)
		list_append(&owner->owned, &queue->owned);
	wait_inherit(before);
}

static void timed_out(struct timeout *timeout)
{
	wait_end(LIST_ENTRY(timeout, struct thread, wait.timeout), E_TIMEOUT);
}

int wait_in(struct wait_queue *queue, uint32_t ticks)
{
	struct thread *self = sched_current();

	if (!ticks)
		return E_TIMEOUT;
	sched_make_unready(self, THREAD_WAITING);
	self->wait.queue = queue;
	if (queue) {
		insert(queue, self);
		wait_inherit(queue->owner);
	}
	if (ticks != WAIT_FOREVER) {
		self->wait.timeout.expired = timed_out;
		timeout_set(&self->wait.timeout, ticks);
	}
	sched_dispatch();
	return self->wait.result;
}

void wait_end(struct thread *thread, int result)
{
	struct wait_queue *queue = thread->wait.queue;

	thread->wait.result = result;
	thread->wait.queue = NULL;
	list_remove(&thread->wait.timeout.link);
	list_remove(&thread->link);
	if (queue)
		wait_inherit(queue->owner);
	sched_make_ready(thread);
}

void wait_pass_on(struct wait_queue *queue)
{
	struct thread *next = wait_first(queue);

	if (next)
		wait_end(next, 0);
	wait_queue_own(queue, next);
}
