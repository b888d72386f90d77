/*
 * Console input. The first argument is the case. The exit status is 0 if nothing was
 * wrong.
 */
#include <jumpslot/entry.h>
#include <jumpslot/virt_cpu.h>
#include "lines_print.h"

#define EAGAIN	11
#define LINE	2
#define A_WHILE 50000000u   /* ns */
#define ARRIVAL 1000000000u /* of input on a busy machine */

static volatile uint32_t interrupts, lines;

static void on_interrupt(int vector, void *frame)
{
	(void)frame;
	interrupts += vector == JUMPSLOT_VECTOR_CONSOLE;
	lines += vector == LINE;
	_CPU_Virtual_Irq_ack(vector);
}

static int start(void)
{
	if (_CPU_Virtual_Set_handler(on_interrupt) ||
	    _CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_CONSOLE) ||
	    _BSP_Virtual_Console_init())
		return 1;
	print("ready\n");
	return 0;
}

/* Echoes all available input. Returns whether the last byte was '!'. */
static int echo(void)
{
	char byte = 0;
	int value;

	while ((value = _BSP_Virtual_Console_read()) >= 0) {
		byte = (char)value;
		_BSP_Virtual_Console_write(&byte, 1);
	}
	return byte == '!';
}

/* Reads only after interrupts. */
static int echo_by_interrupts(void)
{
	if (start())
		return 1;
	do {
		if (_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER))
			return 2;
	} while (!echo());
	return 0;
}

/* The end of the input raises one interrupt, and is final. */
static int nothing_behind_the_end(void)
{
	if (start() || _CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER) ||
	    _BSP_Virtual_Console_read() != -1)
		return 1;
	print("end\n");
	if (_CPU_Virtual_Wait_for_event(_BSP_Virtual_Clock_read() + A_WHILE) != -EAGAIN)
		return 2;
	return _BSP_Virtual_Console_read() == -1 && interrupts == 1 ? 0 : 3;
}

/* Two arrivals before the first is read, and one after. A line says that the second has
 * come. */
static int count_interrupts(void)
{
	if (start() || _CPU_Virtual_Irq_request(LINE) ||
	    _CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER))
		return 1;
	print("interrupt\n");
	while (!lines)
		_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER);
	if (_CPU_Virtual_Wait_for_event(_BSP_Virtual_Clock_read() + A_WHILE) != -EAGAIN)
		return 2;
	while (_BSP_Virtual_Console_read() != 'z')
		;
	if (_BSP_Virtual_Console_read() != -1)
		return 3;
	print("read\n");
	if (_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER) || interrupts != 2)
		return 4;
	return _BSP_Virtual_Console_read() == 'x' ? 0 : 5;
}

/* Reads in a handler and outside of it while input comes: no byte is lost. */
static uint32_t sum;

static void read_all(int vector, void *frame)
{
	int value;

	(void)frame;
	while ((value = _BSP_Virtual_Console_read()) >= 0)
		sum += (uint32_t)value;
	_CPU_Virtual_Irq_ack(vector);
}

static int read_on_both_sides(uint32_t expected)
{
	int value;

	if (start() || _CPU_Virtual_Set_handler(read_all))
		return 1;
	_CPU_Virtual_Interrupts_open();
	for (;;) {
		value = _BSP_Virtual_Console_read();
		_CPU_Virtual_Interrupts_close();
		sum += value >= 0 ? (uint32_t)value : 0;
		if (sum >= expected)
			return sum != expected;
		_CPU_Virtual_Interrupts_open();
	}
}

/* On some hosts, input takes a while. */
static int next_byte(void)
{
	const uint64_t end = _BSP_Virtual_Clock_read() + ARRIVAL;
	int value;

	do
		value = _BSP_Virtual_Console_read();
	while (value < 0 && _BSP_Virtual_Clock_read() < end);
	return value;
}

/* Reads the bytes 0 to 255 in order, and then nothing. */
static int every_byte(void)
{
	for (int byte = 0; byte < 256; byte++)
		if (next_byte() != byte)
			return 1;
	return _BSP_Virtual_Console_read() != -1;
}

JUMPSLOT_ENTRY(info)
{
	(void)info;
	switch (letter_argument(1)) {
	case 'e':
		return echo_by_interrupts();
	case 'f':
		return nothing_behind_the_end();
	case 'i':
		return count_interrupts();
	case 'b':
		return read_on_both_sides(number_argument(2));
	case '2':
		return _BSP_Virtual_Console_read() == 'a' &&
				       _BSP_Virtual_Console_read() == 'b'
			       ? 0
			       : 1;
	case 'v':
		return every_byte();
	case 'n':
		return start() || _BSP_Virtual_Console_read() != -1 ||
		       _BSP_Virtual_Console_read() != -1;
	}
	return 99;
}
