/* The smallest guest: it names one host function and calls it. */
#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>

static const char greeting[] = "Hello from a guest.\n";

JUMPSLOT_ENTRY(info)
{
	(void)info;
	_BSP_Virtual_Console_write(greeting, sizeof(greeting) - 1);
	return 0;
}
