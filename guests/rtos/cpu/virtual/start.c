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
	/* Two of them on a stack at most: handlers run with interrupts closed, but for
	 * the clock's when it has much to make up for. */
	if (info->interrupt_frame > THREAD_MIN_STACK / 4)
		kernel_panic("frames of %u bytes are too large for the stacks",
			     (unsigned)info->interrupt_frame);
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
