/*
 * A control loop on the kernel of guests/rtos. The interrupt of a port wakes a thread,
 * which turns each reading into the position of a valve; another thread tells the
 * display and the logger.
 */
#include <jumpslot/ports.h>

#include "interrupt.h"
#include "kernel.h"
#include "messages.h"
#include "print.h"
#include "queue.h"
#include "semaphore.h"
#include "thread.h"

#define WANTED	 22 /* degrees */
#define CONTROL	 4  /* priorities */
#define TELL	 8
#define CAPACITY 2

static char control_stack[THREAD_MIN_STACK] __attribute__((__aligned__(16)));
static char tell_stack[THREAD_MIN_STACK] __attribute__((__aligned__(16)));
static struct thread tell_thread;
static struct semaphore arrived;
static struct state queued[CAPACITY];
static struct queue states;

static void on_reading(int vector)
{
	(void)vector;
	semaphore_give(&arrived);
}

static int open_port(const char *name, int direction)
{
	const int port = jumpslot_port_open(name, direction);

	if (port < 0)
		kernel_panic("no port %s", name);
	return port;
}

static uint32_t valve_percent(uint32_t celsius)
{
	return 50 + 20 * WANTED - 20 * celsius;
}

static void control(void *unused)
{
	const int readings = open_port("readings", JUMPSLOT_PORT_DESTINATION);
	struct reading reading = { 0 };

	(void)unused;
	while (reading.number < READINGS) {
		struct state state;

		if (jumpslot_port_receive(readings, &reading, sizeof(reading), 0) <= 0) {
			semaphore_take(&arrived, WAIT_FOREVER);
			continue;
		}
		state = (struct state){ reading.number, reading.celsius,
					valve_percent(reading.celsius) };
		queue_send(&states, &state, WAIT_FOREVER);
	}
}

static void tell(void *unused)
{
	const int newest = open_port("state", JUMPSLOT_PORT_SOURCE);
	const int events = open_port("events", JUMPSLOT_PORT_SOURCE);
	struct state state = { 0 };

	(void)unused;
	while (state.number < READINGS) {
		queue_receive(&states, &state, WAIT_FOREVER);
		print("reading %u: valve to %u %%\n", state.number, state.valve_percent);
		jumpslot_port_write(newest, &state, sizeof(state));
		jumpslot_port_send(events, &state, sizeof(state), JUMPSLOT_PORT_FOREVER);
	}
	kernel_stop(0);
}

static void start(void *unused)
{
	semaphore_init(&arrived, 0);
	queue_init(&states, queued, sizeof(*queued), CAPACITY);
	interrupt_connect(READINGS_VECTOR, on_reading);
	thread_create(&tell_thread, "tell", TELL, tell, NULL, tell_stack,
		      sizeof(tell_stack));
	control(unused);
}

const struct application application = {
	.name = "control",
	.clock_rate = 100,
	.main = start,
	.priority = CONTROL,
	.stack = control_stack,
	.stack_size = sizeof(control_stack),
};
