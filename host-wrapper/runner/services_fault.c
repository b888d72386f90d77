/*
 * The services of faults and resets. Called by guests, and so checked; async-signal-safe,
 * both of them.
 */
#define _GNU_SOURCE
#include <errno.h>

#include <jumpslot/provider.h>
#include <jumpslot/virt_bsp.h>

#include "process/enter.h"
#include "process/faults/fault_handler.h"
#include "reset.h"

int _BSP_Virtual_faulthandler(void (*handler)(struct jumpslot_fault *))
{
	const uintptr_t code = (uintptr_t)handler;

	if (code && jumpslot_guest_range((void *)code, 1, JUMPSLOT_EXECUTE))
		return -EINVAL;
	return fault_handler_set(code);
}

/* AddressSanitizer would look for the bottom of a stack that it does not know. */
__attribute__((__no_sanitize__("address"))) void _BSP_Virtual_reset(int warm)
{
	reset_request(warm);
	jumpslot_leave(0);
}
