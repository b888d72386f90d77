/*
 * The start of a guest that is an ordinary C program: memory, constructors, arguments,
 * main(), exit(). Depends on newlib, the start information and the host's arguments.
 */
#include <stdlib.h>
#include <string.h>
#include <jumpslot/arguments.h>
#include <jumpslot/entry.h>
#include <jumpslot/newlib.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>

#include "memory.h"

/* newlib defines these, but none of its headers declares them. */
void __libc_init_array(void);
void __libc_fini_array(void);

/* newlib's name for the locale that setlocale(LC_ALL, "") sets, for want of a variable.
 */
extern char __default_locale[] __attribute__((__weak__));

int main(int argc, char **argv);

/* newlib calls these between the init arrays. */
void _init(void);
void _fini(void);

void _init(void)
{
}

void _fini(void)
{
}

static void die(const char *why)
{
	_BSP_Virtual_Console_write(why, strlen(why));
	_CPU_Virtual_exec_stop_error(EXIT_FAILURE);
}

static void *must_allocate(size_t size)
{
	void *memory = malloc(size);

	if (!memory)
		die("arguments: out of memory (expected a larger --work-area)\n");
	return memory;
}

static char **make_arguments(int count)
{
	char **arguments = must_allocate(((size_t)count + 1) * sizeof(*arguments));

	for (int i = 0; i < count; i++) {
		size_t size = (size_t)jumpslot_argument(i, NULL, 0) + 1;

		arguments[i] = must_allocate(size);
		jumpslot_argument(i, arguments[i], size);
	}
	arguments[count] = NULL;
	return arguments;
}

static const struct jumpslot_start_info *start_info;

const struct jumpslot_start_info *jumpslot_start_info(void)
{
	return start_info;
}

JUMPSLOT_ENTRY(info)
{
	int count = jumpslot_argument_count();

	start_info = info;
	if (memory_use(info->work_area_base, info->work_area_size))
		die("jumpslot_heap_size: too large (expected a larger --work-area)\n");
	if (__default_locale)
		strcpy(__default_locale, "C.UTF-8");
	__libc_init_array();
	atexit(__libc_fini_array);
	exit(main(count, make_arguments(count)));
}
