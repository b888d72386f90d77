/* The first serial port, a 16550: output polls, input interrupts. */
#include "console_native.h"
#include "cpu.h"
#include "ports.h"

enum { DATA = 0x3f8, ENABLE, FIFO, LINE_CONTROL, MODEM_CONTROL, LINE_STATUS };

#define DIVISOR_ACCESS	0x80
#define EIGHT_BITS	0x03
#define FIFO_CLEAR	0x07
#define READY_AND_OUT2	0x0b /* OUT2 enables the interrupt line */
#define RECEIVE_ENABLE	0x01
#define STATUS_RECEIVED 0x01
#define STATUS_FREE	0x20
#define STATUS_ALL_SENT 0x40

void native_console_init(void)
{
	port_write(ENABLE, 0);
	port_write(LINE_CONTROL, DIVISOR_ACCESS);
	port_write(DATA, 1); /* 115,200 baud */
	port_write(ENABLE, 0);
	port_write(LINE_CONTROL, EIGHT_BITS);
	port_write(FIFO, FIFO_CLEAR);
	port_write(MODEM_CONTROL, READY_AND_OUT2);
}

static void wait_for(uint8_t status)
{
	while (!(port_read(LINE_STATUS) & status))
		;
}

static void send(char character)
{
	wait_for(STATUS_FREE);
	port_write(DATA, (uint8_t)character);
}

void cpu_console_write(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '\n')
			send('\r');
		send(text[i]);
	}
}

void native_console_finish(void)
{
	wait_for(STATUS_ALL_SENT);
}

int cpu_console_read(void)
{
	return port_read(LINE_STATUS) & STATUS_RECEIVED ? port_read(DATA) : -1;
}

void cpu_console_open(void)
{
	port_write(ENABLE, RECEIVE_ENABLE);
}
