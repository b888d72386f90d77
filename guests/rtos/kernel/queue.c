/*
 * See queue.h. The second party copies for both: a sender copies into the buffer of a
 * waiting receiver, a receiver takes the message of a waiting sender. So a waiting thread
 * can be ended at any time without leaving a place that is neither free nor full.
 * Depends only on cpu, sched, tcb, text and wait.
 */
#include "cpu.h"
#include "queue.h"
#include "sched.h"
#include "text.h"

void queue_init(struct queue *queue, void *messages, size_t size, uint32_t capacity)
{
	*queue = (struct queue){ .messages = messages,
				 .size = size,
				 .capacity = capacity };
	wait_queue_init(&queue->senders);
	wait_queue_init(&queue->receivers);
}

/* The place `index` messages after the first one. */
static char *place(const struct queue *queue, uint32_t index)
{
	return queue->messages + (queue->first + index) % queue->capacity * queue->size;
}

static void put(struct queue *queue, const void *message)
{
	memcpy(place(queue, queue->count++), message, queue->size);
}

static void take(struct queue *queue, void *message)
{
	memcpy(message, place(queue, 0), queue->size);
	queue->first = (queue->first + 1) % queue->capacity;
	queue->count--;
}

static int wait_with(struct wait_queue *waiters, void *message, uint32_t ticks)
{
	sched_current()->wait.message = message;
	return wait_in(waiters, ticks);
}

static int send(struct queue *queue, const void *message, uint32_t ticks)
{
	struct thread *receiver = wait_first(&queue->receivers);

	if (receiver) {
		memcpy(receiver->wait.message, message, queue->size);
		wait_end(receiver, 0);
		sched_dispatch();
	} else if (queue->count < queue->capacity) {
		put(queue, message);
	} else {
		return wait_with(&queue->senders, (void *)(uintptr_t)message, ticks);
	}
	return 0;
}

static int receive(struct queue *queue, void *message, uint32_t ticks)
{
	struct thread *sender = wait_first(&queue->senders);

	if (!queue->count)
		return wait_with(&queue->receivers, message, ticks);
	take(queue, message);
	if (sender) {
		put(queue, sender->wait.message);
		wait_end(sender, 0);
		sched_dispatch();
	}
	return 0;
}

int queue_send(struct queue *queue, const void *message, uint32_t ticks)
{
	uint32_t level = cpu_interrupts_disable();
	int result = send(queue, message, ticks);

	cpu_interrupts_enable(level);
	return result;
}

int queue_receive(struct queue *queue, void *message, uint32_t ticks)
{
	uint32_t level = cpu_interrupts_disable();
	int result = receive(queue, message, ticks);

	cpu_interrupts_enable(level);
	return result;
}
