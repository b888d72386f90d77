/*
 * See panic.h. Writes to the processor's console directly: the driver in console.c needs
 * threads. Depends only on cpu and format.
 */
#include "cpu.h"
#include "format.h"
#include "panic.h"

#define PANIC_STATUS 70
#define LINE_MAX     160

void kernel_stop(int status)
{
	cpu_interrupts_close();
	cpu_stop(status);
}

void kernel_panic(const char *format, ...)
{
	static const char prefix[] = "kernel: ";
	char line[LINE_MAX];
	va_list arguments;

	cpu_interrupts_close();
	cpu_console_write(prefix, sizeof(prefix) - 1);
	va_start(arguments, format);
	cpu_console_write(line, format_text(line, sizeof(line), format, arguments));
	va_end(arguments);
	cpu_console_write("\n", 1);
	cpu_stop(PANIC_STATUS);
}
