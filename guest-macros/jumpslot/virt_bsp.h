/*
 * The paravirtual layer, board part: console, clock, memory, faults and reset
 * of a guest. The host provides these itself; the names are those of the RTEMS project's
 * paravirtualization work of 2013.
 * Depends on external_func.h, abi/fault.h, <stddef.h> and <stdint.h>.
 */
#ifndef JUMPSLOT_VIRT_BSP_H
#define JUMPSLOT_VIRT_BSP_H

#include <stddef.h>
#include <stdint.h>
#include "abi/fault.h"
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
 * int _BSP_Virtual_Console_init(void)
 *
 * From now on vector 1, JUMPSLOT_VECTOR_CONSOLE, is raised when there is input: once, and
 * then again only after _BSP_Virtual_Console_read() returned -1. So its handler, or whom
 * that wakes, reads until then, each time. The end of the input may raise it too, once.
 * To be called with the vector in use, as its request drops what is pending; once or more
 * often. Returns 0, or -EINVAL in a guest without virt_cpu.h. Async-signal-safe; from a
 * handler: yes.
 */
EXTERNAL_FUNC(int, _BSP_Virtual_Console_init)

/*
 * int _BSP_Virtual_Console_read(void)
 *
 * The next byte of the console's input, 0 to 255; -1 if there is none yet, after its end
 * (which is final, on a terminal as well), or if it cannot be read. Does not wait; needs
 * no _BSP_Virtual_Console_init(). The mode of a terminal is the host's matter: as a rule
 * it gives whole lines, and echoes them; with host-wrapper's --raw it gives each key as
 * it comes, Enter as "\r", and echoes nothing. No byte is read that the guest did not ask
 * for. Async-signal-safe; from a handler: yes.
 */
EXTERNAL_FUNC(int, _BSP_Virtual_Console_read)

/*
 * uint64_t _BSP_Virtual_Clock_read(void)
 *
 * Nanoseconds since the guest's start. Monotonic; does not fail.
 * Async-signal-safe.
 */
EXTERNAL_FUNC(uint64_t, _BSP_Virtual_Clock_read)

/*
 * int _BSP_Virtual_Clock_init(void)
 *
 * Prepares the clock's interrupts, vector 0; once or more often. Returns 0, -EINVAL in a
 * guest without virt_cpu.h, or a negative errno. Async-signal-safe.
 */
EXTERNAL_FUNC(int, _BSP_Virtual_Clock_init)

/*
 * int _BSP_Virtual_Clock_periodic(uint64_t first_ns, uint64_t period_ns)
 * int _BSP_Virtual_Clock_oneshot(uint64_t at_ns)
 *
 * Raise vector 0 at that time on the clock of _BSP_Virtual_Clock_read(), or at once if it
 * is past; and then every `period_ns`, at least 10,000. They replace what was
 * set. Periods that find vector 0 still pending are counted as missed.
 * Return 0, or -EINVAL before _BSP_Virtual_Clock_init(), or for a time beyond 68 years,
 * or a period that is too short. Async-signal-safe.
 */
EXTERNAL_FUNC(int, _BSP_Virtual_Clock_periodic, uint64_t, uint64_t)
EXTERNAL_FUNC(int, _BSP_Virtual_Clock_oneshot, uint64_t)

/*
 * int _BSP_Virtual_Clock_stop(void)
 *
 * No more of them; what is pending stays so. Returns 0, or -EINVAL before
 * _BSP_Virtual_Clock_init(). Async-signal-safe.
 */
EXTERNAL_FUNC(int, _BSP_Virtual_Clock_stop)

/*
 * uint32_t _BSP_Virtual_Clock_backlog(void)
 *
 * How many periods were missed since the last call: so much later it is than the
 * interrupts tell. Async-signal-safe.
 */
EXTERNAL_FUNC(uint32_t, _BSP_Virtual_Clock_backlog)

/*
 * int _BSP_Virtual_getworkspacearea(void **start, size_t *size)
 *
 * The memory that the guest may use as it likes: page-aligned, zeroed at the
 * start, outside image and stack; the same that the start information names.
 * Returns 0, or -EFAULT if `start` or `size` is not writable guest memory.
 * Async-signal-safe.
 */
EXTERNAL_FUNC(int, _BSP_Virtual_getworkspacearea, void **, size_t *)

/*
 * int _BSP_Virtual_faulthandler(void (*handler)(struct jumpslot_fault *fault))
 *
 * The handler of the guest's own faults (abi/fault.h says of which kinds); NULL: none any
 * more. It is called on a stack of its own, so that it can handle an overflow, with
 * interrupts at level 1, the direction flag clear and default floating-point control. It
 * decides by `fault->decision` when it returns; a retry takes all registers of the
 * structure, so that it can mend one or continue elsewhere. Vector and x87 registers are
 * kept. It may call the host. It need not return, but the stack is used anew for the next
 * fault. Not handled, but reported, and the end of the guest: a fault in the handler (on
 * its stack); one in a host function, or in guest code that a host function called; an
 * instruction that was retried JUMPSLOT_FAULT_RETRIES times, and faults with nothing
 * changed; a fault after the guest changed FS or GS.
 * Returns 0, -EINVAL if `handler` is not code of the guest, or -ENOTSUP where the
 * processor lacks XSAVE. Async-signal-safe.
 */
EXTERNAL_FUNC(int, _BSP_Virtual_faulthandler, void (*)(struct jumpslot_fault *))

/*
 * void _BSP_Virtual_reset(int warm)
 *
 * Starts this guest anew, as at its start: its image read from the same file, providers
 * loaded again, the clock at 0. Never returns. With `warm`, the work area keeps its
 * contents; without, it is zero. What the guest's process has of the system and no
 * start sets stays as it is, such as a working directory that a provider changed; files
 * that providers opened are closed, and what they registered with atexit() is
 * not called. If the guest cannot be started again, it ends with status 125 and a line
 * that says why. On the thread that the host entered the guest with, from any depth of
 * calls and any stack; from an interrupt handler: yes.
 */
EXTERNAL_FUNC(void, _BSP_Virtual_reset, int)

#endif
