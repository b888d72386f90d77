/* The host's console. The host raises CPU_VECTOR_CONSOLE when there is input. */
#include <jumpslot/virt_bsp.h>

#include "cpu.h"

void cpu_console_write(const char *text, size_t length)
{
	_BSP_Virtual_Console_write(text, length);
}

int cpu_console_read(void)
{
	return _BSP_Virtual_Console_read();
}

void cpu_console_open(void)
{
	_BSP_Virtual_Console_init();
}
