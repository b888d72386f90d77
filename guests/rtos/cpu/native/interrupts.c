/*
 * The interrupt descriptor table, and the sources of interrupts: two 8259 interrupt
 * controllers for lines, and the local APIC, by which the processor interrupts itself.
 */
#include "cpu.h"
#include "interrupt.h"
#include "lines.h"
#include "local_apic.h"
#include "sched.h"
#include "vectors.h"

#define CODE_SELECTOR  0x08
#define INTERRUPT_GATE 0x8e00u /* present, ring 0, 32 bit; disables interrupts */

struct gate {
	uint16_t low, selector, flags, high;
};

static struct gate table[VECTOR_COUNT];

/* Software vectors. They share one of the processor's vectors. */
static uint64_t masked = UINT64_MAX, pending;

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

/* Ignores other lines. They are masked, but a controller reports a spurious interrupt
 * (a line that falls early) on its last line. */
static void line_interrupt(unsigned line)
{
	for (int i = 0; i < LINES; i++)
		if (line_of[i] == line)
			interrupt_handle(i);
}

/* The lowest first. A vector raised from now on causes another interrupt. */
static void soft_interrupt(void)
{
	local_apic_end();
	while (pending & ~masked) {
		int vector = __builtin_ctzll(pending & ~masked);

		pending &= ~bit(vector);
		interrupt_handle(vector);
	}
}

void native_vector(const struct vector_frame *frame)
{
	if (frame->vector < VECTOR_LINES)
		native_fault(frame);
	else if (frame->vector < VECTOR_SOFT)
		line_interrupt(frame->vector - VECTOR_LINES);
	else
		soft_interrupt();
	sched_dispatch();
}

bool cpu_vector_connect(int vector)
{
	if (vector >= LINES && vector < CPU_VECTOR_SOFT)
		return false;
	pending &= ~bit(vector);
	cpu_vector_unmask(vector);
	return true;
}

void cpu_vector_disconnect(int vector)
{
	cpu_vector_mask(vector);
}

void cpu_vector_mask(int vector)
{
	uint32_t level = cpu_interrupts_disable();

	if (vector < LINES)
		lines_mask(line_of[vector]);
	else
		masked |= bit(vector);
	cpu_interrupts_enable(level);
}

void cpu_vector_unmask(int vector)
{
	uint32_t level = cpu_interrupts_disable();

	if (vector < LINES)
		lines_unmask(line_of[vector]);
	masked &= ~bit(vector);
	if (pending & bit(vector))
		local_apic_raise(VECTOR_SOFT);
	cpu_interrupts_enable(level);
}

void cpu_vector_acknowledge(int vector)
{
	if (vector < LINES)
		lines_end(line_of[vector]);
}

void cpu_vector_raise(int vector)
{
	uint32_t level = cpu_interrupts_disable();

	pending |= bit(vector);
	if (!(masked & bit(vector)))
		local_apic_raise(VECTOR_SOFT);
	cpu_interrupts_enable(level);
}

/* STI enables interrupts after the next instruction, so none is lost before HLT. */
void cpu_wait(void)
{
	__asm__ volatile("sti\n\thlt\n\tcli" : : : "memory");
}

void cpu_idle(void)
{
	for (;;)
		__asm__ volatile("sti\n\thlt" : : : "memory");
}
