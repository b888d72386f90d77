/* A guest that is interrupted in loops, which its provider measures. */
#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>
#include "interrupt.h"

#define PERIOD	1000000u
#define PERIODS 200

static int pairs_of_levels(int value, long times)
{
	do {
		uint32_t level = _CPU_Virtual_Interrupts_disable();

		_CPU_Virtual_Interrupts_enable(level);
	} while (--times);
	return value;
}

static int nothing(int value, long times)
{
	do
		__asm__ volatile("");
	while (--times);
	return value;
}

static int interrupts(int value, long times)
{
	do
		raise_interrupt(&__jumpslot_vcpu.pending);
	while (--times);
	return value;
}

static int signals(int value, long times)
{
	do
		raise_signal();
	while (--times);
	return value;
}

static const struct bench_pair pairs[] = {
	{ "disable and enable : nothing", pairs_of_levels, nothing, 1 },
	{ "interrupt : signal", interrupts, signals, 64 },
};

static void handler(int vector, void *frame)
{
	(void)frame;
	_CPU_Virtual_Irq_ack(vector);
}

static uint64_t idle(void)
{
	uint64_t start = processor_time();

	_BSP_Virtual_Clock_periodic(_BSP_Virtual_Clock_read() + PERIOD, PERIOD);
	for (int i = 0; i < PERIODS; i++)
		_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER);
	_BSP_Virtual_Clock_stop();
	return processor_time() - start;
}

static uint64_t peer_idle(void)
{
	uint64_t start = processor_time();

	idle_bare(PERIODS, PERIOD);
	return processor_time() - start;
}

JUMPSLOT_ENTRY(info)
{
	uint64_t ours;

	(void)info;
	_CPU_Virtual_Set_handler(handler);
	_CPU_Virtual_Irq_request(BENCH_VECTOR);
	_CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_CLOCK);
	_BSP_Virtual_Clock_init();
	_CPU_Virtual_Interrupts_open();
	bench_interrupts(pairs, sizeof(pairs) / sizeof(*pairs));
	_CPU_Virtual_Interrupts_close();
	ours = idle();
	print_idle(ours, peer_idle());
	return 0;
}
