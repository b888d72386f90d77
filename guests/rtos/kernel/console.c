/* See console.h. Depends only on cpu, interrupt, mutex, queue and wait. */
#include "console.h"
#include "cpu.h"
#include "interrupt.h"
#include "mutex.h"
#include "queue.h"
#include "wait.h"

#define INPUT_BYTES 256

static struct mutex output;
static struct queue input;
static unsigned char input_bytes[INPUT_BYTES];

void console_init(void)
{
	mutex_init(&output);
	queue_init(&input, input_bytes, 1, INPUT_BYTES);
}

/* Drops input when the queue is full, as a serial line does. */
static void input_interrupt(int vector)
{
	int byte;

	(void)vector;
	while ((byte = cpu_console_read()) >= 0) {
		unsigned char message = (unsigned char)byte;

		queue_send(&input, &message, 0);
	}
}

void console_open_input(void)
{
	interrupt_connect(CPU_VECTOR_CONSOLE, input_interrupt);
	cpu_console_open();
}

void console_write(const char *text, size_t length)
{
	const bool alone = cpu_interrupts_are_closed();

	if (!alone)
		mutex_lock(&output, WAIT_FOREVER);
	cpu_console_write(text, length);
	if (!alone)
		mutex_unlock(&output);
}

int console_read(uint32_t ticks)
{
	unsigned char byte;
	int error = queue_receive(&input, &byte, ticks);

	return error ? error : byte;
}
