/*
 * Makes every system call from 0 to 600 in one way, with one value in all arguments, and
 * prints the numbers that were not refused. Arguments: the way, the value.
 */
#include <stddef.h>
#include <jumpslot/arguments.h>
#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>
#include "walk_calls.h"

#define LAST 600

struct walk_record *walk_record_of;

#ifdef MORE_IMPORTS
/* Never called: the imports alone count. */
void more_imports(void);
void more_imports(void)
{
	_BSP_Virtual_Clock_init();
	_BSP_Virtual_Clock_periodic(0, 0);
	_CPU_Virtual_Wait_for_event(_BSP_Virtual_Clock_read());
}
#endif

static void print_number(int number)
{
	char text[8], *at = text + sizeof(text);

	*--at = ' ';
	do
		*--at = (char)('0' + number % 10);
	while (number /= 10);
	_BSP_Virtual_Console_write(at, (size_t)(text + sizeof(text) - at));
}

static int is_left_out(int number)
{
	for (const int *each = walk_left_out; *each >= 0; each++)
		if (*each == number)
			return 1;
	return 0;
}

static int walk(make_call *make, long argument)
{
	int wrong = 0;

	for (int number = 0; number <= LAST; number++) {
		unsigned before = walk_record_of->refused;

		if (is_left_out(number))
			continue;
		make(number, argument);
		if (walk_record_of->refused == before)
			print_number(number);
		else
			wrong += (walk_record_of->number & 0xfff) != number;
	}
	return wrong;
}

static int is_same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

JUMPSLOT_ENTRY(info)
{
	char name[16] = "", value[4] = "";

	(void)info;
	walk_record_of = walk_record();
#ifdef MORE_IMPORTS
	if (!walk_record_of)
		more_imports();
#endif
	jumpslot_argument(1, name, sizeof(name));
	jumpslot_argument(2, value, sizeof(value));
	for (const struct way *way = walk_ways; way->name; way++)
		if (is_same(way->name, name))
			return walk(way->make, value[0] == '-' ? -1 : value[0] - '0');
	return 99;
}
