/*
 * See queue.h. The semaphores keep senders off what is full and receivers off what is
 * empty; a place is taken and copied with interrupts closed, so that messages
 * stay whole and in order.
 */
#include "cpu.h"
#include "error.h"
#include "queue.h"
#include "text.h"

void queue_init(struct queue *queue, void *messages, size_t size, uint32_t capacity)
{
	*queue = (struct queue){ .messages = messages,
				 .size = size,
				 .capacity = capacity };
	semaphore_init(&queue->sent, 0);
	semaphore_init(&queue->free, capacity);
}

/* The next place, which moves on. */
static char *take_place(const struct queue *queue, uint32_t *place)
{
	char *message = queue->messages + *place * queue->size;

	*place = (*place + 1) % queue->capacity;
	return message;
}

int queue_send(struct queue *queue, const void *message, uint32_t ticks)
{
	uint32_t level;

	if (semaphore_take(&queue->free, ticks))
		return E_TIMEOUT;
	level = cpu_interrupts_disable();
	memcpy(take_place(queue, &queue->last), message, queue->size);
	cpu_interrupts_enable(level);
	semaphore_give(&queue->sent);
	return 0;
}

int queue_receive(struct queue *queue, void *message, uint32_t ticks)
{
	uint32_t level;

	if (semaphore_take(&queue->sent, ticks))
		return E_TIMEOUT;
	level = cpu_interrupts_disable();
	memcpy(message, take_place(queue, &queue->first), queue->size);
	cpu_interrupts_enable(level);
	semaphore_give(&queue->free);
	return 0;
}
