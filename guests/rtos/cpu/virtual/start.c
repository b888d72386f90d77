/* The machine: entry, memory, command line, end. */
#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>

#include "cpu.h"
#include "interrupts.h"
#include "kernel.h"
#include "thread.h"

static const char *command_line;

JUMPSLOT_ENTRY(info)
{
	command_line = (const char *)(uintptr_t)info->command_line;
	interrupts_init();
	/* A stack holds at most two frames: handlers run with interrupts disabled, except
	 * the clock's while it catches up on many ticks. */
	if (info->interrupt_frame > THREAD_MIN_STACK / 4)
		kernel_panic(
			"interrupt frame of %u bytes: too large (expected at most %u)",
			(unsigned)info->interrupt_frame, (unsigned)THREAD_MIN_STACK / 4);
	kernel_start();
}

const char *cpu_command_line(void)
{
	return command_line;
}

void cpu_memory(void **start, size_t *size)
{
	_BSP_Virtual_getworkspacearea(start, size);
}

void cpu_stop(int status)
{
	for (;;)
		_CPU_Virtual_exec_stop_error(status);
}

void cpu_restart(bool warm)
{
	for (;;)
		_BSP_Virtual_reset(warm);
}
