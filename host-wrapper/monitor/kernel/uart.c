/* Three UARTs of the 16550 kind, at the addresses of PCs. See uart.h. */
#include "port_io.h"
#include "uart.h"

/* Registers, as offsets. */
enum {
	DATA,
	INTERRUPTS,
	QUEUE,
	LINE,
	MODEM,
	STATUS,
};

#define DIVISOR_ACCESS 0x80
#define EIGHT_BITS     0x03
#define QUEUE_ON       0xc7 /* both directions emptied, interrupt at 14 bytes */
#define MODEM_ON       0x0b /* DTR, RTS, and the interrupt line */
#define INPUT_READY    0x01
#define OUTPUT_EMPTY   0x20

static const uint16_t ports[UARTS] = {
	[UART_CONSOLE] = 0x3f8,
	[UART_ERRORS] = 0x2f8,
	[UART_LOG] = 0x3e8,
};

void uart_start(void)
{
	for (unsigned i = 0; i < UARTS; i++) {
		port_write(ports[i] + INTERRUPTS, 0);
		port_write(ports[i] + LINE, DIVISOR_ACCESS);
		port_write(ports[i] + DATA, 1); /* 115200 bits per second */
		port_write(ports[i] + INTERRUPTS, 0);
		port_write(ports[i] + LINE, EIGHT_BITS);
		/* Turning its queue on would lose input that is there already. */
		port_write(ports[i] + QUEUE, i == UART_CONSOLE ? 0 : QUEUE_ON);
		port_write(ports[i] + MODEM, MODEM_ON);
	}
}

unsigned uart_room(enum uart line)
{
	if (!(port_read(ports[line] + STATUS) & OUTPUT_EMPTY))
		return 0;
	return line == UART_CONSOLE ? 1 : UART_QUEUE;
}

void uart_put(enum uart line, char byte)
{
	port_write(ports[line] + DATA, (uint8_t)byte);
}

int uart_get(void)
{
	const uint16_t port = ports[UART_CONSOLE];

	return port_read(port + STATUS) & INPUT_READY ? port_read(port + DATA) : -1;
}

void uart_watch(bool on)
{
	port_write(ports[UART_CONSOLE] + INTERRUPTS, on);
}
