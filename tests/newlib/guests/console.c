/*
 * Writes lines until a clock of 1 kHz has ticked 50 times during one write(), which then
 * waits for the reader of the console; the handler says so on standard error. Argument 1:
 * "closed" closes the console first, and expects EBADF.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>

#define ENOUGH 50

static volatile unsigned ticks_in_write;
static volatile int writing, is_full;

static void tick(int vector, void *frame)
{
	static const char text[] = "the clock ticks\n";

	(void)frame;
	_CPU_Virtual_Irq_ack(vector);
	if (writing && ++ticks_in_write == ENOUGH) {
		is_full = 1;
		write(STDERR_FILENO, text, sizeof(text) - 1);
	}
}

static void start_clock(void)
{
	_CPU_Virtual_Set_handler(tick);
	_CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_CLOCK);
	_BSP_Virtual_Clock_init();
	_BSP_Virtual_Clock_periodic(0, 1000000);
	_CPU_Virtual_Interrupts_open();
}

static int write_line(int number)
{
	char line[32];
	int length = snprintf(line, sizeof(line), "line %d\n", number);

	ticks_in_write = 0;
	writing = 1;
	length -= (int)write(STDOUT_FILENO, line, (size_t)length);
	writing = 0;
	return length;
}

static int is_closed(int file)
{
	return !close(file) && write(file, "x", 1) == -1 && errno == EBADF;
}

int main(int argc, char **argv)
{
	start_clock();
	if (argc > 1 && !strcmp(argv[1], "closed"))
		return !is_closed(STDOUT_FILENO) || !is_closed(STDERR_FILENO);
	if (write(STDOUT_FILENO, (void *)16, 1) != -1 || errno != EFAULT)
		return 1;
	for (int i = 0; !is_full; i++)
		if (write_line(i))
			return 2;
	return 0;
}
