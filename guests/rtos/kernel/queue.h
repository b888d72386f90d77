/* Message queues: messages of one size, in order, copied in and out. */
#ifndef RTOS_QUEUE_H
#define RTOS_QUEUE_H

#include <stddef.h>
#include "wait.h"

struct queue {
	char *messages; /* the caller's memory */
	size_t size;	/* bytes of one */
	uint32_t capacity, count;
	uint32_t first; /* place of the next to receive */
	struct wait_queue senders, receivers;
};

/* `messages`: room for `capacity` messages of `size` bytes. */
void queue_init(struct queue *queue, void *messages, size_t size, uint32_t capacity);

/*
 * Wait `ticks` at most (WAIT_FOREVER; 0: not at all) for room, and for a message. Return
 * 0 or E_TIMEOUT. From a handler: with `ticks` 0.
 */
int queue_send(struct queue *queue, const void *message, uint32_t ticks);
int queue_receive(struct queue *queue, void *message, uint32_t ticks);

#endif
