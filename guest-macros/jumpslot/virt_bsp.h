/*
 * The paravirtual layer, board part: console, clock and memory of a guest.
 * The host provides these itself; the names are those of the RTEMS project's
 * paravirtualization work of 2013.
 * Depends on external_func.h, <stddef.h> and <stdint.h>.
 */
#ifndef JUMPSLOT_VIRT_BSP_H
#define JUMPSLOT_VIRT_BSP_H

#include <stddef.h>
#include <stdint.h>
#include "external_func.h"

/*
 * int _BSP_Virtual_Console_write(const char *bytes, size_t count)
 *
 * Writes `count` bytes to the console, as they are; waits until it took them.
 * Returns the number of bytes written (`count`, at most INT_MAX a call), or
 * -EFAULT if they are not readable guest memory, or the negative errno of the
 * console. A console that is a pipe which nobody reads any more ends the guest by
 * SIGPIPE, as it ends any program. Async-signal-safe.
 */
EXTERNAL_FUNC(int, _BSP_Virtual_Console_write, const char *, size_t)

/*
 * uint64_t _BSP_Virtual_Clock_read(void)
 *
 * Nanoseconds since the guest's start. Monotonic; does not fail.
 * Async-signal-safe.
 */
EXTERNAL_FUNC(uint64_t, _BSP_Virtual_Clock_read)

/*
 * int _BSP_Virtual_getworkspacearea(void **start, size_t *size)
 *
 * The memory that the guest may use as it likes: page-aligned, zeroed at the
 * start, outside image and stack; the same that the start information names.
 * Returns 0, or -EFAULT if `start` or `size` is not writable guest memory.
 * Async-signal-safe.
 */
EXTERNAL_FUNC(int, _BSP_Virtual_getworkspacearea, void **, size_t *)

#endif
