/*
 * The top layer: starts the others, and idles. No other part of the kernel depends on it.
 * Depends only on clock, console, cpu, interrupt, option, panic, sched and thread.
 */
#include "clock.h"
#include "console.h"
#include "cpu.h"
#include "interrupt.h"
#include "kernel.h"
#include "option.h"
#include "sched.h"
#include "thread.h"

static struct thread idle_thread, main_thread;
static char idle_stack[THREAD_MIN_STACK] __attribute__((__aligned__(16)));

/* The idle thread: runs when no other thread is ready. */
static void idle(void *unused)
{
	(void)unused;
	if (!clock_is_tickless())
		cpu_idle();
	for (;;) {
		cpu_interrupts_close();
		clock_hold_off();
		cpu_wait();
		cpu_interrupts_open();
	}
}

void kernel_start(void)
{
	sched_init();
	cpu_faults_init();
	console_init();
	thread_create(&idle_thread, "idle", THREAD_IDLE_PRIORITY, idle, NULL, idle_stack,
		      sizeof(idle_stack));
	thread_create(&main_thread, application.name, application.priority,
		      application.main, NULL, application.stack, application.stack_size);
	interrupt_connect(CPU_VECTOR_CLOCK, clock_interrupt);
	clock_start(application.clock_rate, option_is_given("tickless"));
	sched_start();
}
