/* Printing, and functions that fault in one known instruction. */
#ifndef FAULT_H
#define FAULT_H

#include <jumpslot/arguments.h>
#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>

static inline void print(const char *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	_BSP_Virtual_Console_write(text, length);
}

static inline void print_number(const char *what, unsigned long long value)
{
	char text[24], *at = text + sizeof(text) - 1;

	*at = 0;
	do
		*--at = "0123456789abcdef"[value & 15];
	while (value >>= 4);
	print(what);
	print(" ");
	print(at);
	print("\n");
}

/* Loads from the address in SI into AX; a fault handler may change SI. */
static inline unsigned long load(const void *address)
{
	unsigned long value;

	__asm__ volatile("mov (%1), %0" : "=a"(value), "+S"(address) : : "memory");
	return value;
}

static inline unsigned divide(unsigned by)
{
	unsigned result, rest;

	__asm__ volatile("div %4" : "=a"(result), "=d"(rest) : "0"(84), "1"(0), "c"(by));
	return result;
}

#endif
