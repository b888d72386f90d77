/*
 * The board: entry, memory, idle thread, end. Replaces start.S, bspstart.c, bspreset.c,
 * bspidle.S and bspgetworkarea.c of a real board.
 */
#include <string.h>

#include <bsp.h>
#include <bsp/bootcard.h>
#include <bsp/irq-generic.h>
#include <rtems/score/cpuimpl.h>
#include <rtems/score/memory.h>
#include <rtems/score/threadidledata.h>
#include <rtems/sysinit.h>

#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>

/* bsp_boot_cmdline would need the file of boot_card(), which some programs replace. */
static const char *command_line;

JUMPSLOT_ENTRY(info)
{
	command_line = (const char *)(uintptr_t)info->command_line;
	boot_card(command_line);
	return 0;
}

const char *bsp_cmdline(void)
{
	return command_line;
}

void bsp_start(void)
{
	bsp_interrupt_initialize();
}

/* The work area becomes RTEMS's workspace and heap. */
static Memory_Area memory[1];

static void memory_initialize(void)
{
	void *start = NULL;
	size_t size = 0;

	_BSP_Virtual_getworkspacearea(&start, &size);
	_Memory_Initialize_by_size(&memory[0], start, size);
}

RTEMS_SYSINIT_ITEM(memory_initialize, RTEMS_SYSINIT_MEMORY, RTEMS_SYSINIT_ORDER_MIDDLE);

static const Memory_Information memory_information =
	MEMORY_INFORMATION_INITIALIZER(memory);

const Memory_Information *_Memory_Get(void)
{
	return &memory_information;
}

void *_CPU_Thread_Idle_body(uintptr_t unused)
{
	(void)unused;
	for (;;)
		_CPU_Virtual_idle_thread();
}

/* exit(status) ends the guest with that status; any other end is an error. */
void bsp_reset(rtems_fatal_source source, rtems_fatal_code code)
{
	int status = source == RTEMS_FATAL_SOURCE_EXIT ? (int)code : 1;

	for (;;)
		_CPU_Virtual_exec_stop_error(status);
}

/* RTEMS calls these where a toolchain of its own has crti.o and crtn.o. */
void _init(void);
void _fini(void);

extern void (*__init_array_start[])(void);
extern void (*__init_array_end[])(void);
extern void (*__fini_array_start[])(void);
extern void (*__fini_array_end[])(void);

void _init(void)
{
	for (void (**f)(void) = __init_array_start; f < __init_array_end; f++)
		(*f)();
}

void _fini(void)
{
	for (void (**f)(void) = __fini_array_end; f > __fini_array_start;)
		(*--f)();
}
