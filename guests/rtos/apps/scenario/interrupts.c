/* Software interrupts: time, order, and the cases in which they are dropped. */
#include "cpu.h"
#include "interrupt.h"
#include "print.h"
#include "scenes.h"
#include "semaphore.h"
#include "stage.h"

static struct semaphore semaphore;

/* A software interrupt wakes a thread; a masked one stays pending. */
static void interrupt(int vector)
{
	(void)vector;
	semaphore_give(&semaphore);
}

static void waits_for_interrupt(void *unused)
{
	(void)unused;
	for (int i = 0; i < 3; i++) {
		semaphore_take(&semaphore, FOR_EVER);
		say("an interrupt");
	}
}

static void raise_closed(void)
{
	uint32_t level = cpu_interrupts_disable();

	cpu_vector_raise(CPU_VECTOR_SOFT);
	say("raised with interrupts closed");
	cpu_interrupts_enable(level);
}

static void raises(void *unused)
{
	(void)unused;
	say("raises");
	cpu_vector_raise(CPU_VECTOR_SOFT);
	raise_closed();
	cpu_vector_mask(CPU_VECTOR_SOFT);
	cpu_vector_raise(CPU_VECTOR_SOFT);
	say("raised while it was masked");
	cpu_vector_unmask(CPU_VECTOR_SOFT);
	say("unmasked");
}

void interrupts(void)
{
	print("interrupts\n");
	semaphore_init(&semaphore, 0);
	interrupt_connect(CPU_VECTOR_SOFT, interrupt);
	start(0, "High", HIGH, waits_for_interrupt);
	start(1, "low", LOW, raises);
	finish(2);
	interrupt_disconnect(CPU_VECTOR_SOFT);
}

/* Order and number of deliveries, and dropped interrupts. */
static void tells(int vector)
{
	print("    %u\n", vector - CPU_VECTOR_SOFT);
}

static void raise_both_twice(void)
{
	uint32_t level = cpu_interrupts_disable();

	for (int i = 0; i < 2; i++) {
		cpu_vector_raise(CPU_VECTOR_SOFT + 1);
		cpu_vector_raise(CPU_VECTOR_SOFT);
	}
	cpu_interrupts_enable(level);
}

void vectors(void)
{
	cpu_vector_raise(CPU_VECTOR_SOFT);
	say(interrupt_connect(CPU_VECTOR_SOFT, tells) ? "0 is connected" : "?");
	say(interrupt_connect(CPU_VECTOR_SOFT, tells) ? "?" : "it is in use");
	say(interrupt_connect(CPU_VECTORS, tells) ? "?" : "there is no such vector");
	interrupt_connect(CPU_VECTOR_SOFT + 1, tells);
	say("raises 1 and 0 twice");
	raise_both_twice();
	cpu_vector_mask(CPU_VECTOR_SOFT);
	cpu_vector_raise(CPU_VECTOR_SOFT);
	say("0 is masked");
	interrupt_disconnect(CPU_VECTOR_SOFT);
	say(interrupt_disconnect(CPU_VECTOR_SOFT) ? "?" : "0 is not connected any more");
	interrupt_connect(CPU_VECTOR_SOFT, tells);
	say("it is again");
	interrupt_disconnect(CPU_VECTOR_SOFT);
	interrupt_disconnect(CPU_VECTOR_SOFT + 1);
}
