/*
 * Counts the instructions of a call of the monitor, and of an interrupt that the guest
 * raises itself and handles. With counted instructions, one takes 8 counts of the
 * time-stamp counter. Prints both, and the counter at the guest's first instruction.
 */
#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>

#define ROUNDS 256
#define COUNTS 8
#define VECTOR 16

static uint64_t counter(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

static void on_interrupt(int vector, void *frame)
{
	(void)frame;
	_CPU_Virtual_Irq_ack(vector);
}

static void print(uint32_t number)
{
	char text[11];
	size_t at = sizeof(text) - 1;

	text[at] = '\n';
	do
		text[--at] = (char)('0' + number % 10);
	while (number /= 10);
	_BSP_Virtual_Console_write(text + at, sizeof(text) - at);
}

static uint32_t cost_of_call(void)
{
	const uint64_t start = counter();

	for (int i = 0; i < ROUNDS; i++)
		_BSP_Virtual_Clock_read();
	return (uint32_t)(counter() - start) / (ROUNDS * COUNTS);
}

static uint32_t cost_of_interrupt(void)
{
	const uint64_t start = counter();

	for (int i = 0; i < ROUNDS; i++)
		_CPU_Virtual_Irq_raise(VECTOR);
	return (uint32_t)(counter() - start) / (ROUNDS * COUNTS);
}

JUMPSLOT_ENTRY(info)
{
	const uint32_t first = (uint32_t)(counter() / COUNTS);
	uint32_t call, interrupt;

	(void)info;
	_CPU_Virtual_Set_handler(on_interrupt);
	_CPU_Virtual_Irq_request(VECTOR);
	_CPU_Virtual_Interrupts_open();
	call = cost_of_call();
	interrupt = cost_of_interrupt();
	print(call);
	print(interrupt);
	print(first);
	return 0;
}
