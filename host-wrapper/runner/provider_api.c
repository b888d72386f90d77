/* Functions of jumpslot/provider.h, for providers. provider_api.map lists the names that
 * providers can bind to. */
#include <jumpslot/provider.h>

#include "current.h"
#include "host.h"

int jumpslot_guest_range(const void *pointer, size_t length, int access)
{
	return guest_memory_range(&current->memory, pointer, length, access);
}

long jumpslot_guest_string(const char *string, size_t max)
{
	return guest_memory_string(&current->memory, string, max);
}

int jumpslot_guest_copy_in(void *to, const void *guest, size_t length)
{
	return guest_memory_copy_in(&current->memory, to, guest, length);
}

int jumpslot_guest_copy_out(void *guest, const void *from, size_t length)
{
	return guest_memory_copy_out(&current->memory, guest, from, length);
}

long jumpslot_guest_copy_string(char *to, const char *guest, size_t size)
{
	return guest_memory_copy_string(&current->memory, to, guest, size);
}

size_t jumpslot_guest_work_area(void **base)
{
	*base = (void *)current->work_area.start;
	return current->work_area.end - current->work_area.start;
}

/* AddressSanitizer would look for the bottom of a stack that it does not know. */
__attribute__((__no_sanitize__("address"))) void jumpslot_guest_exit(int status)
{
	host_leave(status);
}
