/* Message queues, and their contents when a thread ends. */
#include "clock.h"
#include "print.h"
#include "queue.h"
#include "scenes.h"
#include "stage.h"

/* A queue for two messages between a fast sender and a slow receiver. */
static struct queue queue;
static uint32_t messages[2];

static void produces(void *unused)
{
	(void)unused;
	for (uint32_t i = 1; i <= 5; i++) {
		work(1);
		queue_send(&queue, &i, FOR_EVER);
		print("%3u %s: sent %u\n", now(), thread_self()->name, i);
	}
}

static void consumes(void *unused)
{
	uint32_t message;

	(void)unused;
	while (!queue_receive(&queue, &message, 5)) {
		print("%3u %s: received %u\n", now(), thread_self()->name, message);
		clock_sleep(3);
	}
	say("nothing came in five ticks");
}

void messages_in_order(void)
{
	print("messages: a queue for two\n");
	queue_init(&queue, messages, sizeof(*messages), 2);
	start(0, "producer", LOW, produces);
	start(1, "Consumer", HIGH, consumes);
	finish(2);
}

/* A thread that ends right after its wait has ended leaves no place occupied. */
static void sends(void *unused)
{
	const uint32_t message = 3;

	(void)unused;
	queue_send(&queue, &message, FOR_EVER);
	say("not ended");
}

static void receives(void *unused)
{
	uint32_t message;

	(void)unused;
	queue_receive(&queue, &message, FOR_EVER);
	say("not ended");
}

static void fill(void)
{
	uint32_t sent = 0;

	while (!queue_send(&queue, &sent, 0))
		sent++;
	print("%3u there was room for %u\n", now(), sent);
}

void places(void)
{
	uint32_t message = 0;

	print("messages for those that end\n");
	queue_init(&queue, messages, sizeof(*messages), 2);
	start(0, "receives", LOW, receives);
	clock_sleep(1);
	queue_send(&queue, &message, 0);
	thread_kill(&workers[0]);
	fill();
	start(0, "sends", LOW, sends);
	clock_sleep(1);
	queue_receive(&queue, &message, 0);
	thread_kill(&workers[0]);
	while (!queue_receive(&queue, &message, 0))
		print("%3u received %u\n", now(), message);
	fill();
	finish(1);
}
