/*
 * Ways between guest and host, one after the other: a call, a callback, a call from an
 * interrupt handler, a call from a fault handler, and work that only a profile sees.
 */
#include <jumpslot/arguments.h>
#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>
#include "frames.h"

#define NOINLINE __attribute__((__noinline__, __noclone__))

static volatile int interrupts, spinning;
static volatile unsigned worked;

NOINLINE static int called_back(int value)
{
	return host_stop(value) + 1; /* the callback's call */
}

static void handle_interrupt(int vector, void *frame)
{
	(void)frame;
	_CPU_Virtual_Irq_ack(vector);
	if (!spinning || interrupts) /* it came before the loop, or again */
		return;
	interrupts = 1;
	_BSP_Virtual_Clock_stop();
	host_stop(3); /* the interrupt handler's call */
}

static void handle_fault(struct jumpslot_fault *fault)
{
	fault->status = host_stop(4); /* the fault handler's call */
	fault->decision = JUMPSLOT_FAULT_STOP;
}

NOINLINE static unsigned interrupted(unsigned rounds)
{
	_BSP_Virtual_Clock_periodic(_BSP_Virtual_Clock_read(), 1000000);
	_CPU_Virtual_Interrupts_open();
	while (!interrupts) {
		spinning = 1;
		rounds++; /* the interrupt comes */
	}
	_CPU_Virtual_Interrupts_close();
	return rounds;
}

NOINLINE static int faults(int status)
{
	__asm__ volatile(".globl faulting\nfaulting: ud2" : "+r"(status)); /* the fault */
	return status;
}

NOINLINE static unsigned work_hard(unsigned rounds)
{
	for (unsigned i = 0; i < rounds; i++)
		worked = worked * 33 + i;
	return worked;
}

/* As a crash without a handler of the guest. */
NOINLINE static int crash(const volatile int *address)
{
	return *address; /* the crash */
}

static int every_way(void)
{
	unsigned sum = (unsigned)host_stop(1); /* the first call */

	sum += (unsigned)host_calls(called_back, 2); /* the call of the callback */
	sum += (unsigned)host_stop_variadic(5, 6);   /* the variadic call */
	if (_CPU_Virtual_Set_handler(handle_interrupt) ||
	    _CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_CLOCK) || _BSP_Virtual_Clock_init())
		return 1;
	sum += interrupted(sum) & 1; /* the call that is interrupted */
	_BSP_Virtual_faulthandler(handle_fault);
	return faults((int)sum); /* the call that faults */
}

/* The first argument's first letter says what to do. */
JUMPSLOT_ENTRY(info)
{
	char what[8] = "";

	(void)info;
	jumpslot_argument(1, what, sizeof(what));
	if (what[0] == 'w')
		return (int)(work_hard(100000000) & 1);
	if (what[0] == 'v')
		return (int)(work_hard(10000) & 1);
	if (what[0] == 'c')
		return crash((const int *)16);
	return every_way(); /* the ways */
}
