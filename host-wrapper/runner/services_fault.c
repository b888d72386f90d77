/*
 * Built-in services: the fault handler, and resets. Guests call them, so every argument
 * is checked. Each is async-signal-safe.
 */
#define _GNU_SOURCE
#include <errno.h>

#include <jumpslot/provider.h>
#include <jumpslot/virt_bsp.h>

#include "host.h"
#include "reset.h"

int _BSP_Virtual_faulthandler(void (*handler)(struct jumpslot_fault *))
{
	const uintptr_t code = (uintptr_t)handler;

	if (code && jumpslot_guest_range((void *)code, 1, JUMPSLOT_EXECUTE))
		return -EINVAL;
	return host_set_fault_handler(code);
}

/* AddressSanitizer would look for the bottom of a stack that it does not know. */
__attribute__((__no_sanitize__("address"))) void _BSP_Virtual_reset(int warm)
{
	reset_request(warm);
	host_leave(0);
}
