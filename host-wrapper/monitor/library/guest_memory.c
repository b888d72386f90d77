/*
 * The functions of jumpslot/provider.h in a partition. Everything that the partition may
 * access is the guest's. Depends on the monitor's runtime alone.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <jumpslot/virt_bsp.h>
#include "library.h"

/* As in jumpslot/provider.h, which cannot be included where functions are imported. */
enum { READ = 1, WRITE = 2 };
#define PAGE_BYTES 4096

int jumpslot_guest_range(const void *ptr, size_t len, int access);
long jumpslot_guest_string(const char *string, size_t max);
int jumpslot_guest_copy_in(void *to, const void *guest, size_t len);
int jumpslot_guest_copy_out(void *guest, const void *from, size_t len);
long jumpslot_guest_copy_string(char *to, const char *guest, size_t size);
size_t jumpslot_guest_work_area(void **base);
int jumpslot_guest_directory(int descriptor);
void jumpslot_guest_exit(int status);

int jumpslot_guest_range(const void *ptr, size_t len, int access)
{
	return len ? monitor_range(ptr, len, access) : 0;
}

/* Bytes from there to the end of the page. */
static size_t room_at(const char *at)
{
	return PAGE_BYTES - (uintptr_t)at % PAGE_BYTES;
}

/* Copies nothing if `to` is NULL. Looks at a page before it reads from it. */
static long take_string(char *to, const char *string, size_t size)
{
	size_t room = 0;

	for (size_t i = 0; i < size; i++, room--) {
		char byte;

		if (!room) {
			room = room_at(string + i);
			if (monitor_range(string + i, 1, READ)) {
				if (to)
					to[i] = 0;
				return -EFAULT;
			}
		}
		byte = ((const volatile char *)string)[i];
		if (to)
			to[i] = byte;
		if (!byte)
			return (long)i;
	}
	if (to && size)
		to[size - 1] = 0;
	return -ERANGE;
}

long jumpslot_guest_string(const char *string, size_t max)
{
	return take_string(NULL, string, max + 1 ? max + 1 : max);
}

long jumpslot_guest_copy_string(char *to, const char *guest, size_t size)
{
	return take_string(to, guest, size);
}

/* Reads each byte once. */
static void copy(void *to, const void *from, size_t len)
{
	for (size_t i = 0; i < len; i++)
		((volatile char *)to)[i] = ((const volatile char *)from)[i];
}

int jumpslot_guest_copy_in(void *to, const void *guest, size_t len)
{
	int error = jumpslot_guest_range(guest, len, READ);

	if (!error)
		copy(to, guest, len);
	return error;
}

int jumpslot_guest_copy_out(void *guest, const void *from, size_t len)
{
	int error = jumpslot_guest_range(guest, len, WRITE);

	if (!error)
		copy(guest, from, len);
	return error;
}

size_t jumpslot_guest_work_area(void **base)
{
	size_t size;

	return _BSP_Virtual_getworkspacearea(base, &size) ? 0 : size;
}

int jumpslot_guest_directory(int descriptor)
{
	(void)descriptor;
	return -EBADF;
}

void jumpslot_guest_exit(int status)
{
	_CPU_Virtual_exec_stop_error(status & 0xff);
}
