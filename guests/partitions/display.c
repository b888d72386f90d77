/*
 * A display with a defect: each third picture makes it write to where there is no
 * memory. It counts pictures in the work area, which a warm restart keeps.
 */
#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>
#include "print.h"

#define PICTURES 8

JUMPSLOT_ENTRY(info)
{
	volatile uint32_t *shown = (uint32_t *)(uintptr_t)info->work_area_base;
	static volatile uint32_t *volatile screen; /* nobody has set it up */

	while (*shown < PICTURES) {
		const uint32_t number = ++*shown;

		print_number("picture", number);
		if (number % 3 == 0)
			*screen = number;
	}
	return 0;
}
