/* Prints the start information, and what is left of the work area beside the heap. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <jumpslot/newlib.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>

#ifdef HEAP
const size_t jumpslot_heap_size = HEAP;
#endif

static const struct jumpslot_start_info *before_main;

__attribute__((__constructor__)) static void look(void)
{
	before_main = jumpslot_start_info();
}

/* Bytes that malloc() gives, in pieces. */
static size_t heap_bytes(void)
{
	size_t total = 0;

	while (malloc(1000))
		total += 1000;
	return total;
}

int main(void)
{
	const struct jumpslot_start_info *info = jumpslot_start_info();
	size_t size, area, rest, heap;
	char *mine = jumpslot_heap_rest(&rest);
	void *start;

	if (info != before_main || info->magic != JUMPSLOT_START_MAGIC ||
	    !info->interrupt_frame)
		return 1;
	if (_BSP_Virtual_getworkspacearea(&start, &area) ||
	    (uintptr_t)start != info->work_area_base || area != info->work_area_size)
		return 2;
	if (!mine != !rest || (uintptr_t)mine % 4096)
		return 3;
	if (mine && mine + rest != (char *)start + area)
		return 4;
	if (mine)
		memset(mine, 0x55, rest);
	heap = heap_bytes();
	for (size = 0; size < rest; size++)
		if (mine[size] != 0x55)
			return 5;
	printf("%s\n%lu of %lu, heap %lu\n", (char *)(uintptr_t)info->command_line,
	       (unsigned long)rest, (unsigned long)area, (unsigned long)heap);
	return 0;
}
