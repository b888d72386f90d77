/* See lines.h. The commands are from Intel's data sheet of the 8259A. */
#include <stdint.h>

#include "lines.h"
#include "ports.h"

#define CASCADE_LINE 2
#define PER_CHIP     8

#define ICW1_INIT   0x11 /* edges, cascaded, ICW4 follows */
#define ICW4_8086   0x01
#define OCW2_END_OF 0x60 /* plus the line */

static const uint16_t command[] = { 0x20, 0xa0 };
static const uint16_t data[] = { 0x21, 0xa1 };

static void init_chip(unsigned chip, unsigned first_vector, unsigned wiring)
{
	port_write(command[chip], ICW1_INIT);
	port_write(data[chip], (uint8_t)first_vector);
	port_write(data[chip], (uint8_t)wiring);
	port_write(data[chip], ICW4_8086);
	port_write(data[chip], 0xff);
}

void lines_init(unsigned first_vector)
{
	init_chip(0, first_vector, 1u << CASCADE_LINE);
	init_chip(1, first_vector + PER_CHIP, CASCADE_LINE);
	lines_unmask(CASCADE_LINE);
}

static unsigned chip_of(unsigned line)
{
	return line / PER_CHIP;
}

static uint8_t bit_of(unsigned line)
{
	return (uint8_t)(1u << line % PER_CHIP);
}

void lines_mask(unsigned line)
{
	uint16_t port = data[chip_of(line)];

	port_write(port, port_read(port) | bit_of(line));
}

void lines_unmask(unsigned line)
{
	uint16_t port = data[chip_of(line)];

	port_write(port, port_read(port) & (uint8_t)~bit_of(line));
}

void lines_end(unsigned line)
{
	if (line >= PER_CHIP)
		port_write(command[0], OCW2_END_OF | CASCADE_LINE);
	port_write(command[chip_of(line)], (uint8_t)(OCW2_END_OF | line % PER_CHIP));
}
