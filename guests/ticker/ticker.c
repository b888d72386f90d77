/* A guest with interrupts: five clock ticks, and a vector that it raises itself. */
#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>

#define PERIOD 10000000 /* ns */

static volatile int ticks, others;

static void handler(int vector, void *frame)
{
	(void)frame;
	if (vector == JUMPSLOT_VECTOR_CLOCK)
		ticks++;
	else
		others++;
	_CPU_Virtual_Irq_ack(vector);
}

static void print(const char *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	_BSP_Virtual_Console_write(text, length);
}

JUMPSLOT_ENTRY(info)
{
	(void)info;
	if (_CPU_Virtual_Set_handler(handler) ||
	    _CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_CLOCK) ||
	    _CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_SOFT) || _BSP_Virtual_Clock_init())
		return 1;
	_BSP_Virtual_Clock_periodic(_BSP_Virtual_Clock_read() + PERIOD, PERIOD);
	for (int seen = 0; seen < 5; seen++) {
		while (ticks <= seen)
			_CPU_Virtual_Wait_for_event(
				CPU_VIRTUAL_FOREVER); /* enables interrupts */
		print("tick\n");
	}
	_BSP_Virtual_Clock_stop();
	_CPU_Virtual_Irq_raise(JUMPSLOT_VECTOR_SOFT); /* stays pending: the level is 1 */
	print(others ? "too early\n" : "held back\n");
	_CPU_Virtual_Interrupts_open();
	print(others == 1 ? "delivered\n" : "lost\n");
	return 0;
}
