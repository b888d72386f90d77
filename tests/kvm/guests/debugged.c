/* A guest for gdb. Its argument says how it goes on after two calls. */
#include <jumpslot/arguments.h>
#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>

static volatile int total;
static volatile double share = 0.5;
static int *volatile nowhere = (int *)16;

static __attribute__((noinline)) int fill_tank(int litres)
{
	total += litres; /* the first line */
	total *= 2;
	_BSP_Virtual_Console_write("filled\n", 7);
	return total;
}

static __attribute__((noinline)) void fault(void)
{
	*nowhere = total;
}

/* The flags on the stack must not have that of a step. */
static __attribute__((noinline)) unsigned long flags(void)
{
	unsigned long value;

	__asm__ volatile("pushf\n\tpop %0" : "=r"(value));
	return value;
}

JUMPSLOT_ENTRY(info)
{
	char how[16] = "";

	(void)info;
	jumpslot_argument(1, how, sizeof(how));
	share *= 3;
	fill_tank(2);
	fill_tank(3);
	if (how[0] == 'f')
		fault();
	while (how[0] == 's')
		total++;
	if (how[0] == 'p')
		return (int)(flags() >> 8 & 1);
	return total;
}
