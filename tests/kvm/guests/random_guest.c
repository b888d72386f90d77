/*
 * Rings doorbells at random, with random frames, registers and stack pointers, from the
 * guest and from callbacks. Argument 1 is the seed, argument 2 the distance from the
 * resolver to the doorbells, in hexadecimal. It ends when the host ends it.
 */
#include <jumpslot/arguments.h>
#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>
#include "random.h"

#define WORDS  256
#define ROUNDS 400
#define PAGE   4096u
#ifdef __x86_64__
#define R	       "r" /* begins the names of registers */
#define MORE_REGISTERS , "r8", "r9", "r10", "r11"
#else
#define R "e"
#define MORE_REGISTERS
#endif

static uintptr_t doorbells;
static uint64_t state;
static uintptr_t frame[WORDS] __attribute__((__aligned__(64)));
static char memory[2 * PAGE];
static int depth;

/* SplitMix64. */
static uint64_t next_random(void)
{
	uint64_t value = state += 0x9e3779b97f4a7c15;

	value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
	value = (value ^ value >> 27) * 0x94d049bb133111eb;
	return value ^ value >> 31;
}

static unsigned below(unsigned limit)
{
	return (unsigned)((next_random() >> 32) * limit >> 32);
}

static int called_back(int number);

static uintptr_t address_near(uintptr_t address)
{
	return address + below(3 * PAGE) - PAGE;
}

/* Values that the host may take for an address, an index or a size. */
static uintptr_t any_value(void)
{
	switch (below(16)) {
	case 0:
		return (uintptr_t)next_random();
	case 1:
		return (uintptr_t)1 << below(8 * sizeof(uintptr_t));
	case 2:
		return -(uintptr_t)below(PAGE);
	case 3:
		return address_near((uintptr_t)memory);
	case 4:
		return address_near((uintptr_t)__builtin_frame_address(0));
	case 5:
		return address_near(doorbells);
	case 6:
		return (uintptr_t)called_back;
	case 7:
	case 8:
		return (uintptr_t)&frame[below(WORDS)];
	case 9:
		return 0;
	default:
		return below(40);
	}
}

/* Mostly the fields of a call (calls/call_frame.h): index, and a way on. */
static void fill_frame(void)
{
	for (unsigned i = 0; i < WORDS; i++)
		frame[i] = below(4) ? below(24) : any_value();
	if (below(3))
		frame[2] = below(24);
	if (below(3))
		frame[3] = below(2);
}

static void ring(unsigned offset, uintptr_t value)
{
	*(volatile uintptr_t *)(doorbells + offset) = value;
}

/* Any doorbell, but the end of the guest. */
static void ring_any(void)
{
	unsigned offset = 8 * below(16);

	if (offset == 0x18)
		offset = 0;
	fill_frame();
	switch (below(8)) {
	case 0:
		ring(offset, any_value());
		return;
	case 1:
		ring(below(PAGE - 8), any_value());
		return;
	case 2:
		*(volatile char *)(doorbells + below(PAGE)) = 1;
		return;
	default:
		ring(offset, (uintptr_t)&frame[below(32)]);
	}
}

/* A real call, with random registers and another stack. */
static void call_with_any_stack(void)
{
	uintptr_t stack =
		below(2) ? any_value() : (uintptr_t)memory + below(sizeof(memory));

	__asm__ volatile("xchg %%" R "bx, %%" R "sp\n"
			 "call random_many\n"
			 "mov %%" R "bx, %%" R "sp"
			 : "+b"(stack)
			 : "a"(any_value()), "D"(any_value()), "S"(any_value()),
			   "d"(any_value()), "c"(any_value())
			 : "memory", "cc" MORE_REGISTERS);
}

/* The words around the frames of the calls in progress. */
static void spoil_stack(void)
{
	volatile uintptr_t *at = __builtin_frame_address(0);

	if (below(20))
		at[-(intptr_t)below(120) - 1] = any_value();
	else
		at[below(120)] = any_value();
}

static void spoil_inside(void)
{
	volatile char *data = (volatile char *)(doorbells + PAGE);

	data[below(PAGE)] = (char)next_random();
}

static void act(void);

static int called_back(int number)
{
	if (++depth < 20)
		for (unsigned i = 0; i < below(4); i++)
			act();
	depth--;
	return number;
}

static void act(void)
{
	switch (below(24)) {
	case 0:
		ring_any();
		return;
	case 1:
		call_with_any_stack();
		return;
	case 2:
		spoil_inside();
		return;
	case 3:
		if (depth)
			spoil_stack();
		return;
	case 4:
		random_calls((random_callback *)any_value(), 1);
		return;
	case 5:
		_BSP_Virtual_Console_write((const char *)any_value(), any_value());
		return;
	case 6:
		_CPU_Virtual_Irq_raise((int)below(80));
		return;
	case 7:
		_CPU_Virtual_Interrupts_open();
		return;
	case 8:
		_BSP_Virtual_Clock_periodic(below(4) * 1000000, below(4) * 1000000);
		return;
	case 9:
		_BSP_Virtual_Clock_read();
		return;
	case 10:
		random_varies(1, any_value(), any_value());
		return;
	case 11:
		_CPU_Virtual_Wait_for_event(_BSP_Virtual_Clock_read() + below(100000));
		return;
	case 12:
		frame[below(WORDS)] = any_value();
		/* A frame that is right but for one word. */
		frame[2] = below(20);
		ring(0, (uintptr_t)frame);
		return;
	default:
		random_calls(called_back, (int)below(5));
	}
}

static void handler(int vector, void *interrupted)
{
	volatile uintptr_t *at = interrupted;

	_CPU_Virtual_Irq_ack(vector);
	if (!below(10))
		at[below(40)] = any_value();
}

JUMPSLOT_ENTRY(info)
{
	char text[32] = "";
	uint64_t distance = 0;

	jumpslot_argument(1, text, sizeof(text));
	for (const char *at = text; *at; at++)
		state = state * 10 + (uint64_t)(*at - '0');
	jumpslot_argument(2, text, sizeof(text));
	for (const char *at = text; *at; at++)
		distance = distance * 16 +
			   (uint64_t)(*at <= '9' ? *at - '0' : *at - 'a' + 10);
	doorbells = (uintptr_t)(info->resolver + distance);
	_CPU_Virtual_Set_handler(handler);
	for (int vector = 0; vector < 20; vector++)
		_CPU_Virtual_Irq_request(vector);
	_BSP_Virtual_Clock_init();
	for (unsigned i = 0; i < ROUNDS; i++)
		act();
	return 7;
}
