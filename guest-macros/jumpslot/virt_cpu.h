/*
 * The paravirtual layer, processor part: interrupts, waiting and the guest's end. The
 * host provides these itself; the names are those of the RTEMS project's
 * paravirtualization work of 2013. docs/virtual-cpu.md shows how delivery works.
 *
 * An interrupt is delivered between two instructions of the guest, when the level is 0,
 * no host function is under way (but one that is carried directly), and its vector is
 * pending, not masked, and not in service; the lowest such vector first. The handler then
 * runs on the interrupted stack with the level at 1. What cannot be delivered yet stays
 * pending.
 *
 * "From a handler" below says whether a function may be called by an interrupt handler.
 * Depends on external_func.h and virt_cpu_inline.h.
 */
#ifndef JUMPSLOT_VIRT_CPU_H
#define JUMPSLOT_VIRT_CPU_H

#include "external_func.h"
#include "virt_cpu_inline.h"

#define CPU_VIRTUAL_FOREVER UINT64_MAX /* a deadline that never comes */

/*
 * int _CPU_Virtual_Set_handler(void (*isr)(int vector, void *frame))
 *
 * The handler of all interrupts. It is entered by a C call on the interrupted stack,
 * which needs the start information's interrupt_frame bytes and what the handler uses;
 * with the direction flag clear and default floating-point control. `frame` is a struct
 * jumpslot_interrupt_frame. It may switch threads, to come back much later; when it
 * returns, all registers, flags and the level are as before the interrupt.
 * Returns 0, or -EINVAL if `isr` is not code of the guest. From a handler: yes.
 */
EXTERNAL_FUNC(int, _CPU_Virtual_Set_handler, void (*)(int, void *))

/*
 * int _CPU_Virtual_Irq_request(int vector)
 *
 * Takes a vector into use, unmasked; what was pending before is dropped. A handler must
 * be set. Returns 0; -EINVAL for no such vector, or without a handler; -EPERM for a line
 * that the host has not given this guest; -EBUSY if it is in use. From a handler: yes.
 */
EXTERNAL_FUNC(int, _CPU_Virtual_Irq_request, int)

/*
 * int _CPU_Virtual_Irq_detach(int vector)
 *
 * Ends its use: masked, and nothing pending. Returns 0, or -EINVAL if it is not in use.
 * From a handler: yes.
 */
EXTERNAL_FUNC(int, _CPU_Virtual_Irq_detach, int)

/*
 * int _CPU_Virtual_Irq_mask(int vector)
 * int _CPU_Virtual_Irq_unmask(int vector)
 *
 * Holds a vector back, which stays pending if it is raised; and lets it through again.
 * Both return 0, or -EINVAL if it is not in use. From a handler: yes.
 */
EXTERNAL_FUNC(int, _CPU_Virtual_Irq_mask, int)
EXTERNAL_FUNC(int, _CPU_Virtual_Irq_unmask, int)

/*
 * int _CPU_Virtual_Irq_ack(int vector)
 *
 * Ends its service: only now may the same vector be delivered again. Others may come
 * all the time. Returns 0, or -EINVAL if it is not in service. From a handler: yes.
 */
EXTERNAL_FUNC(int, _CPU_Virtual_Irq_ack, int)

/*
 * int _CPU_Virtual_Irq_raise(int vector)
 *
 * Raises a vector of the guest's own. If it is pending already it counts as coalesced.
 * Returns 0, or -EINVAL if it is not one that is in use. From a handler: yes.
 */
EXTERNAL_FUNC(int, _CPU_Virtual_Irq_raise, int)

/*
 * int _CPU_Virtual_Wait_for_event(uint64_t deadline_ns)
 *
 * Sleeps until an interrupt was handled. To be called with the level at 1, by which no
 * wake-up is lost: opens and sleeps in one step, and returns with the level at 1. Does
 * not sleep if one is deliverable already. `deadline_ns`: on the clock of
 * _BSP_Virtual_Clock_read(), or CPU_VIRTUAL_FOREVER.
 * Returns 0 after a handler ran, -EAGAIN at the deadline, -EINVAL if the level is 0 or in
 * a callback, where nothing is delivered. From a handler: no.
 */
EXTERNAL_FUNC(int, _CPU_Virtual_Wait_for_event, uint64_t)

/*
 * void _CPU_Virtual_idle_thread(void)
 *
 * Waits for events for ever, with interrupts open in between. Never returns.
 * From a handler: no.
 */
EXTERNAL_FUNC(void, _CPU_Virtual_idle_thread)

/*
 * void _CPU_Virtual_exec_stop_error(int error)
 *
 * Stops this guest, and no other; never returns. The low 8 bits of `error` are
 * the exit status. Callable from any depth of calls and any stack, on the thread
 * that the host entered the guest with. From a handler: yes.
 */
EXTERNAL_FUNC(void, _CPU_Virtual_exec_stop_error, int)

#ifdef JUMPSLOT_PROVIDER
/* These are memory alone in a guest; nothing to provide. */
#else

/*
 * The level: 0 delivers interrupts, 1 holds them back. It is a word in memory, and a
 * handler's return restores it. _disable() sets it to 1 and returns what it was;
 * _enable() takes that, and when it returns with level 0, what was deliverable has been
 * delivered (in a callback: will be, when the host function has returned). _flash() is
 * _enable(), and then level 1: with 0 it lets in what is deliverable. _open() and
 * _close() set it to 0 and 1, whatever it was: nothing is counted. A handful of
 * instructions, unless something is pending. From a handler: yes; interrupts then nest.
 */
static inline uint32_t _CPU_Virtual_Interrupts_disable(void);
static inline void _CPU_Virtual_Interrupts_enable(uint32_t previous);
static inline void _CPU_Virtual_Interrupts_flash(uint32_t previous);
static inline void _CPU_Virtual_Interrupts_open(void);
static inline void _CPU_Virtual_Interrupts_close(void);
static inline uint32_t _CPU_Virtual_Interrupts_get_level(void);

#endif
#endif
