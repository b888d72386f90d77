/*
 * The paravirtual layer, board part: console, clock, memory, faults and reset of a guest.
 * The host provides these functions itself. The names are those of the RTEMS project's
 * paravirtualization work of 2013.
 *
 * Every function may be called from an interrupt handler and is async-signal-safe, unless
 * it says otherwise. Depends on external_func.h, abi/fault.h, <stddef.h> and <stdint.h>.
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
 * Writes `count` bytes to the console unchanged, and waits until the console took them.
 * Interrupts are delivered while it waits, at level 0.
 * Returns the number of bytes written (`count`, at most INT_MAX per call), -EFAULT if
 * they are not readable guest memory, or the negative errno of the console. If the
 * console is a pipe without a reader, SIGPIPE ends the guest, as it ends any program.
 */
EXTERNAL_FUNC(int, _BSP_Virtual_Console_write, const char *, size_t)

/*
 * int _BSP_Virtual_Console_error(const char *bytes, size_t count)
 *
 * The same for messages about errors: on the host's standard error.
 */
EXTERNAL_FUNC(int, _BSP_Virtual_Console_error, const char *, size_t)

/*
 * int _BSP_Virtual_Console_init(void)
 *
 * Enables input interrupts: vector 1 (JUMPSLOT_VECTOR_CONSOLE) is raised once when there
 * is input, and again only after _BSP_Virtual_Console_read() returned -1. So the handler,
 * or the thread that it wakes, reads until -1 each time. The end of the input may raise
 * the vector once more. Request the vector first: _CPU_Virtual_Irq_request() drops what
 * is pending. May be called again. Returns 0, or -EINVAL in a guest without virt_cpu.h.
 */
EXTERNAL_FUNC(int, _BSP_Virtual_Console_init)

/*
 * int _BSP_Virtual_Console_read(void)
 *
 * Returns the next byte of the console's input, 0 to 255; or -1 if there is none yet,
 * after the end of the input (which is final, on a terminal as well), or if the input
 * cannot be read. Does not wait, and does not need _BSP_Virtual_Console_init(). Reads no
 * byte ahead. The host decides the mode of a terminal: by default it delivers whole lines
 * and echoes them; with host-wrapper's --raw it delivers each key at once, Enter as "\r",
 * without echo.
 */
EXTERNAL_FUNC(int, _BSP_Virtual_Console_read)

/*
 * uint64_t _BSP_Virtual_Clock_read(void)
 *
 * Returns the nanoseconds since the guest's start. Monotonic; does not fail. The host
 * decides which time this is: host-wrapper --clock.
 */
EXTERNAL_FUNC(uint64_t, _BSP_Virtual_Clock_read)

/*
 * int _BSP_Virtual_Clock_init(void)
 *
 * Prepares the clock's interrupts, vector 0 (JUMPSLOT_VECTOR_CLOCK). May be called again.
 * Returns 0, -EINVAL in a guest without virt_cpu.h, or another negative errno.
 */
EXTERNAL_FUNC(int, _BSP_Virtual_Clock_init)

/*
 * int _BSP_Virtual_Clock_periodic(uint64_t first_ns, uint64_t period_ns)
 * int _BSP_Virtual_Clock_oneshot(uint64_t at_ns)
 *
 * Raise vector 0 at `first_ns` and then every `period_ns`, or once at `at_ns`. Times are
 * on the clock of _BSP_Virtual_Clock_read(); a time in the past raises at once. A period
 * is at least 10,000 ns. Either call replaces the previous setting. A period that ends
 * while vector 0 is still pending counts as missed. Return 0, or -EINVAL before
 * _BSP_Virtual_Clock_init(), for a time beyond 68 years, or for a period that is too
 * short.
 */
EXTERNAL_FUNC(int, _BSP_Virtual_Clock_periodic, uint64_t, uint64_t)
EXTERNAL_FUNC(int, _BSP_Virtual_Clock_oneshot, uint64_t)

/*
 * int _BSP_Virtual_Clock_stop(void)
 *
 * Cancels the current setting. A pending vector stays pending. Returns 0, or -EINVAL
 * before _BSP_Virtual_Clock_init().
 */
EXTERNAL_FUNC(int, _BSP_Virtual_Clock_stop)

/*
 * uint32_t _BSP_Virtual_Clock_backlog(void)
 *
 * Returns the number of periods that were missed since the last call: add them to the
 * number of interrupts to get the time that passed.
 */
EXTERNAL_FUNC(uint32_t, _BSP_Virtual_Clock_backlog)

/*
 * int _BSP_Virtual_getworkspacearea(void **start, size_t *size)
 *
 * Stores the address and the size in bytes of the work area, the memory that the guest
 * may use as it likes: page-aligned, zero at the start, outside image and stack. The
 * start information names the same memory. Returns 0, or -EFAULT if `start` or `size` is
 * not writable guest memory.
 */
EXTERNAL_FUNC(int, _BSP_Virtual_getworkspacearea, void **, size_t *)

/*
 * int _BSP_Virtual_faulthandler(void (*handler)(struct jumpslot_fault *fault))
 *
 * Sets the handler of the guest's own faults (abi/fault.h has the kinds); NULL removes
 * it.
 *
 * The handler runs on a stack of its own, so it can handle an overflow, with interrupts
 * at level 1, the direction flag clear and default floating-point control. It answers in
 * `fault->decision` and returns. A retry loads all registers of the structure, so the
 * handler can repair one or continue at another place; vector and floating-point
 * registers are preserved. It may call the host. It need not return, but the next fault
 * reuses its stack.
 *
 * Some faults are reported and end the guest, whatever the handler: a fault in the
 * handler (on its stack); a fault in a host function, or in guest code that a host
 * function called; an instruction that was retried JUMPSLOT_FAULT_RETRIES times and
 * faults again with nothing changed; a fault after the guest changed the host's segment
 * registers (FS and GS on x86).
 *
 * Returns 0; -EINVAL if `handler` is not code of the guest; -ENOTSUP if the processor
 * lacks a feature that this needs (XSAVE on x86).
 */
EXTERNAL_FUNC(int, _BSP_Virtual_faulthandler, void (*)(struct jumpslot_fault *))

/*
 * void _BSP_Virtual_reset(int warm)
 *
 * Starts this guest again, in a new process: the image is read from the same file,
 * providers are loaded again, and environment, working directory and open files are those
 * of the first start. The clock restarts at 0. Never returns. If `warm` is not 0, the
 * work area keeps its contents; otherwise it is zero. The atexit() functions of providers
 * are not called. If the guest cannot be started again, as without a supervisor
 * (--in-place), it ends with status 125 and a line that says why.
 *
 * Only on the thread on which the host entered the guest, from any depth of calls and on
 * any stack.
 */
EXTERNAL_FUNC(void, _BSP_Virtual_reset, int)

#endif
