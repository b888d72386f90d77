/* Restarts cold: by a call, by its fault handler's decision, and by a call after a warm
 * restart. Each cold run finds its data as in the file, and a work area of zeros. */
#include "../../faults/guests/fault.h"
#include "cold.h"

static int initial = 5;

static void handler(struct jumpslot_fault *fault)
{
	fault->decision = JUMPSLOT_FAULT_RESTART_COLD;
}

JUMPSLOT_ENTRY(info)
{
	volatile unsigned char *area = (void *)(uintptr_t)info->work_area_base;
	volatile unsigned char *last = area + info->work_area_size - 1;

	print_number("work area", area[0] * 16u + *last);
	if (initial++ != 5 || _BSP_Virtual_faulthandler(handler))
		return 1;
	if (area[0] == 1)
		_BSP_Virtual_reset(0);
	area[0] = *last = 1;
	switch (cold_runs()) {
	case 0:
		_BSP_Virtual_reset(0);
		break;
	case 1:
		divide(0);
		break;
	case 2:
		_BSP_Virtual_reset(1);
		break;
	}
	return 46;
}
