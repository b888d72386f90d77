/*
 * The interrupt descriptor table, and where interrupts come from: two 8259 interrupt
 * controllers for lines, and the local APIC, by which the processor interrupts itself.
 */
#include "cpu.h"
#include "interrupt.h"
#include "lines.h"
#include "local_apic.h"
#include "thread.h"
#include "vectors.h"

#define CODE_SELECTOR  0x08
#define INTERRUPT_GATE 0x8e00u /* present, ring 0, 32 bit; closes interrupts */

struct gate {
	uint16_t low, selector, flags, high;
};

static struct gate table[VECTOR_COUNT];

/* Raised by software: held back, and raised meanwhile. */
static uint64_t masked, held;

/* Kernel vectors 0 and 1. */
static const unsigned line_of[] = { LINE_TIMER, LINE_SERIAL };
#define LINES (int)(sizeof(line_of) / sizeof(*line_of))

void native_interrupts_init(void)
{
	const struct __attribute__((__packed__)) {
		uint16_t limit;
		const struct gate *base;
	} idtr = { sizeof(table) - 1, table };

	for (unsigned i = 0; i < VECTOR_COUNT; i++) {
		uint32_t stub = (uint32_t)native_stubs + i * VECTOR_STUB_SIZE;

		table[i] = (struct gate){ (uint16_t)stub, CODE_SELECTOR, INTERRUPT_GATE,
					  (uint16_t)(stub >> 16) };
	}
	__asm__ volatile("lidt %0" : : "m"(idtr));
	lines_init(VECTOR_LINES);
	local_apic_init();
}

static uint64_t bit(int vector)
{
	return 1ull << vector;
}

static void line_interrupt(unsigned line)
{
	for (int i = 0; i < LINES; i++)
		if (line_of[i] == line && lines_is_in_service(line))
			interrupt_handle(i);
}

static void soft_interrupt(int vector)
{
	if (!(masked & bit(vector))) {
		interrupt_handle(vector);
		return;
	}
	held |= bit(vector);
	local_apic_end();
}

void native_vector(const struct vector_frame *frame)
{
	if (frame->vector < VECTOR_LINES)
		native_fault(frame);
	else if (frame->vector < VECTOR_SOFT)
		line_interrupt(frame->vector - VECTOR_LINES);
	else
		soft_interrupt((int)(frame->vector - VECTOR_SOFT));
	thread_dispatch();
}

bool cpu_vector_connect(int vector)
{
	if (vector >= LINES && vector < CPU_VECTOR_SOFT)
		return false;
	cpu_vector_unmask(vector);
	return true;
}

bool cpu_vector_disconnect(int vector)
{
	cpu_vector_mask(vector);
	held &= ~bit(vector);
	return true;
}

void cpu_vector_mask(int vector)
{
	if (vector < LINES)
		lines_mask(line_of[vector]);
	else
		masked |= bit(vector);
}

void cpu_vector_unmask(int vector)
{
	uint32_t level = cpu_interrupts_disable();

	if (vector < LINES)
		lines_unmask(line_of[vector]);
	masked &= ~bit(vector);
	if (held & bit(vector))
		cpu_vector_raise(vector);
	held &= ~bit(vector);
	cpu_interrupts_enable(level);
}

void cpu_vector_acknowledge(int vector)
{
	if (vector < LINES)
		lines_end(line_of[vector]);
	else
		local_apic_end();
}

void cpu_vector_raise(int vector)
{
	local_apic_raise(VECTOR_SOFT + (uint32_t)vector);
}

/* Interrupts are open behind the instruction that follows STI, and not before. */
void cpu_wait(void)
{
	__asm__ volatile("sti\n\thlt\n\tcli" : : : "memory");
}

void cpu_idle(void)
{
	for (;;)
		__asm__ volatile("sti\n\thlt" : : : "memory");
}
