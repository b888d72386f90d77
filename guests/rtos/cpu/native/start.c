/* The machine: information from the loader, the end, and a restart. */
#include <jumpslot/abi/multiboot_i386.h>

#include "console_native.h"
#include "cpu.h"
#include "kernel.h"
#include "ports.h"
#include "text.h"
#include "vectors.h"

#define MULTIBOOT_MAGIC	 0x2badb002u
#define MULTIBOOT_MEMORY 0x1u
#define UPPER_MEMORY	 0x100000u
#define LOADERS_PART	 0x10000u /* for the loader's data */

#define EXIT_PORT      0xf4 /* QEMU's isa-debug-exit: status = 2 * value + 1 */
#define KEYBOARD_PORT  0x64
#define KEYBOARD_RESET 0xfe /* the keyboard controller pulses the processor's reset */
#define COMMAND_LINE   256

extern char _end[];

static char command_line[COMMAND_LINE];
static uintptr_t memory_end;

/* Copies it: the loader's memory becomes the application's. */
static void take_command_line(const char *from)
{
	size_t length = strlen(from);

	if (length > COMMAND_LINE - 1)
		length = COMMAND_LINE - 1;
	memcpy(command_line, from, length);
	command_line[length] = 0;
}

__attribute__((__noreturn__)) void
native_start(uint32_t magic, const struct jumpslot_multiboot_info *info)
{
	native_console_init();
	if (magic != MULTIBOOT_MAGIC || !(info->flags & MULTIBOOT_MEMORY))
		kernel_panic(
			"no memory size: expected a Multiboot loader that passes it");
	memory_end = UPPER_MEMORY + info->memory_upper * 1024;
	if (info->flags & JUMPSLOT_MULTIBOOT_COMMAND_LINE)
		take_command_line((const char *)info->command_line);
	native_interrupts_init();
	kernel_start();
}

const char *cpu_command_line(void)
{
	return command_line;
}

void cpu_memory(void **start, size_t *size)
{
	const uintptr_t first = ((uintptr_t)_end | (LOADERS_PART - 1)) + 1 + LOADERS_PART;

	*start = (void *)first;
	*size = memory_end - first;
}

static __attribute__((__noreturn__)) void halt(void)
{
	for (;;)
		__asm__ volatile("cli\n\thlt");
}

void cpu_stop(int status)
{
	native_console_finish();
	port_write_long(EXIT_PORT, (uint32_t)status);
	halt();
}

/* A reset keeps the memory after the image; the loader loads the image again. */
void cpu_restart(bool warm)
{
	void *start;
	size_t size;

	cpu_interrupts_close();
	cpu_memory(&start, &size);
	if (!warm)
		memset(start, 0, size);
	native_console_finish();
	port_write(KEYBOARD_PORT, KEYBOARD_RESET);
	halt();
}
