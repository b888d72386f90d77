/* A guest that waits for a periodic clock, and notes how late each period reaches it. */
#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>
#include "latency.h"

#define MOST 20000

static uint64_t late[MOST];
static volatile uint64_t count;
static uint64_t next, period, wanted;

static void handler(int vector, void *frame)
{
	uint64_t now = _BSP_Virtual_Clock_read();

	(void)frame;
	_CPU_Virtual_Irq_ack(vector);
	if (now < next)
		return; /* for a period that was counted with the one before */
	/* Periods that came while the guest was away are not late ones of their own. */
	while (next + period <= now)
		next += period;
	if (count < wanted)
		late[count++] = now - next;
	next += period;
}

JUMPSLOT_ENTRY(info)
{
	(void)info;
	period = latency_period();
	wanted = latency_count() < MOST ? latency_count() : MOST;
	_CPU_Virtual_Set_handler(handler);
	_CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_CLOCK);
	_BSP_Virtual_Clock_init();
	next = _BSP_Virtual_Clock_read() + period;
	_BSP_Virtual_Clock_periodic(next, period);
	while (count < wanted)
		_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER);
	_BSP_Virtual_Clock_stop();
	latency_print(late, (size_t)wanted);
	return 0;
}
