/*
 * Interrupt lines that another process raises. The first argument is the case. The exit
 * status is 0 if nothing was wrong. Line 15 ends a guest that counts.
 */
#include <jumpslot/entry.h>
#include <jumpslot/virt_cpu.h>
#include "lines.h"
#include "lines_print.h"

#define LINES	      16
#define STOP	      15
#define EPERM	      1
#define EAGAIN	      11
#define EINVAL	      22
#define HALF_A_SECOND 500000000u

static volatile uint32_t events[LINES];
static volatile uint32_t stray; /* interrupts of no line */

static void on_interrupt(int vector, void *frame)
{
	(void)frame;
	if (vector < 2 || vector >= LINES)
		stray++;
	else
		events[vector]++;
	_CPU_Virtual_Irq_ack(vector);
}

/* Requests all lines that the host serves, and prints "ready". Returns their number. */
static uint32_t take_lines(void)
{
	uint32_t taken = 0;

	for (int line = 2; line < LINES; line++)
		taken += !_CPU_Virtual_Irq_request(line);
	print("ready\n");
	return taken;
}

static uint32_t delivered(void)
{
	uint32_t sum = 0;

	for (int line = 2; line < STOP; line++)
		sum += events[line];
	return sum;
}

static void print_counts(void)
{
	for (int line = 2; line < STOP; line++) {
		if (!events[line])
			continue;
		print_number((uint32_t)line);
		print(":");
		print_number(events[line]);
		print(" ");
	}
	print("coalesced:");
	print_number(__jumpslot_vcpu.coalesced);
	print("\n");
}

/* Waits for that many interrupts, and then for the stop, to see whether more come. */
static int count(uint32_t raised)
{
	take_lines();
	while (delivered() + __jumpslot_vcpu.coalesced < raised)
		if (_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER))
			return 1;
	print("reached\n");
	while (!events[STOP])
		if (_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER))
			return 2;
	print_counts();
	return stray ? 3 : 0;
}

/* The same with interrupts enabled, while the guest spins. */
static int count_spinning(uint32_t raised)
{
	take_lines();
	_CPU_Virtual_Interrupts_open();
	while (delivered() + __jumpslot_vcpu.coalesced < raised)
		;
	print("reached\n");
	while (!events[STOP])
		;
	print_counts();
	return stray ? 3 : 0;
}

/* Answers each interrupt, alternately with interrupts disabled and enabled. */
static int answer_rounds(uint32_t rounds, int (*answer)(void))
{
	take_lines();
	for (uint32_t done = 0; done < rounds; done++) {
		_CPU_Virtual_Interrupts_close();
		while (events[2] == done)
			if (_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER))
				return 1;
		if (events[2] != done + 1)
			return 2;
		if (done % 2)
			_CPU_Virtual_Interrupts_open();
		if (answer() != 1)
			return 3;
	}
	return stray || __jumpslot_vcpu.coalesced ? 4 : 0;
}

/* Sleeps for half a second without interrupts. */
static int idle(void)
{
	take_lines();
	while (!events[2])
		if (_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER))
			return 1;
	while (_BSP_Virtual_Console_read() >= 0)
		;
	if (_CPU_Virtual_Wait_for_event(_BSP_Virtual_Clock_read() + HALF_A_SECOND) !=
	    -EAGAIN)
		return 2;
	return 0;
}

/* Prints for each vector whether the host serves it. */
static int requests(void)
{
	for (int line = 2; line < LINES; line++) {
		print_number((uint32_t)-_CPU_Virtual_Irq_request(line));
		print(line + 1 < LINES ? " " : "\n");
	}
	return _CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_CONSOLE);
}

JUMPSLOT_ENTRY(info)
{
	const uint32_t number = number_argument(2);

	(void)info;
	_CPU_Virtual_Set_handler(on_interrupt);
	switch (letter_argument(1)) {
	case 'c':
		return count(number);
	case 's':
		return count_spinning(number);
	case 'g':
		return answer_rounds(number, answer_gated);
	case 'b':
		return answer_rounds(number, answer_blocking);
	case 'd':
		return answer_rounds(number, answer_direct);
	case 'i':
		return _BSP_Virtual_Console_init() ? 3 : idle();
	case 'r':
		return requests();
	}
	return 99;
}
