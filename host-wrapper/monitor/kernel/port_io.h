/* Instructions of the PC's input and output ports. Depends on <stdint.h> alone. */
#ifndef JUMPSLOT_MONITOR_PORT_IO_H
#define JUMPSLOT_MONITOR_PORT_IO_H

#include <stdint.h>

static inline void port_write(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t port_read(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

#endif
