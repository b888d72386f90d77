/*
 * Message queues: messages of one size, in order, copied in and out.
 * Depends only on tcb and wait.
 */
#ifndef RTOS_QUEUE_H
#define RTOS_QUEUE_H

#include <stddef.h>
#include <stdint.h>
#include "tcb.h"
#include "wait.h"

struct queue {
	char *messages; /* the caller's memory */
	size_t size;	/* bytes per message */
	uint32_t capacity, count;
	uint32_t first; /* index of the next message to receive */
	struct wait_queue senders, receivers;
};

/* `messages`: room for `capacity` messages of `size` bytes. */
void queue_init(struct queue *queue, void *messages, size_t size, uint32_t capacity);

/*
 * Wait for at most `ticks` (WAIT_FOREVER; 0: not at all) until there is room, or a
 * message. Return 0 or E_TIMEOUT. From a handler: only with `ticks` 0.
 */
int queue_send(struct queue *queue, const void *message, uint32_t ticks);
int queue_receive(struct queue *queue, void *message, uint32_t ticks);

#endif
