/*
 * The paravirtual layer, processor part: interrupts, waiting and the guest's end. The
 * host provides these functions itself. The names are those of the RTEMS project's
 * paravirtualization work of 2013. docs/virtual-cpu.md explains delivery.
 *
 * The host delivers an interrupt between two instructions of the guest when the level is
 * 0, no host function is running (except one that is carried directly), and the vector is
 * pending, not masked and not in service; the lowest such vector first. The handler runs
 * on the interrupted stack at level 1. An interrupt that cannot be delivered yet stays
 * pending.
 *
 * "From a handler" says whether an interrupt handler may call the function. Depends on
 * external_func.h and virt_cpu_inline.h.
 */
#ifndef JUMPSLOT_VIRT_CPU_H
#define JUMPSLOT_VIRT_CPU_H

#include "external_func.h"
#include "virt_cpu_inline.h"

#define CPU_VIRTUAL_FOREVER UINT64_MAX /* a deadline that never comes */

/*
 * int _CPU_Virtual_Set_handler(void (*isr)(int vector, void *frame))
 *
 * Sets the handler of all interrupts. The host enters it by a C call on the interrupted
 * stack, with the direction flag clear and default floating-point control. The stack
 * needs room for the start information's `interrupt_frame` bytes and for the handler
 * itself. `frame` points to a struct jumpslot_interrupt_frame. The handler may switch
 * threads and return much later; its return restores all registers, the flags and the
 * level. Returns 0, or -EINVAL if `isr` is not code of the guest. From a handler: yes.
 */
EXTERNAL_FUNC(int, _CPU_Virtual_Set_handler, void (*)(int, void *))

/*
 * int _CPU_Virtual_Irq_request(int vector)
 *
 * Takes a vector into use: it is unmasked, and dropped if it was pending. Set a handler
 * first. Returns 0; -EINVAL if there is no such vector or no handler; -EPERM for a line
 * that the host has not given this guest; -EBUSY if the vector is in use. From a handler:
 * yes.
 */
EXTERNAL_FUNC(int, _CPU_Virtual_Irq_request, int)

/*
 * int _CPU_Virtual_Irq_detach(int vector)
 *
 * Ends the use of a vector: it is masked and no longer pending. Returns 0, or -EINVAL if
 * it is not in use. From a handler: yes.
 */
EXTERNAL_FUNC(int, _CPU_Virtual_Irq_detach, int)

/*
 * int _CPU_Virtual_Irq_mask(int vector)
 * int _CPU_Virtual_Irq_unmask(int vector)
 *
 * Mask and unmask a vector. A masked vector that is raised becomes pending. Both return
 * 0, or -EINVAL if the vector is not in use. From a handler: yes.
 */
EXTERNAL_FUNC(int, _CPU_Virtual_Irq_mask, int)
EXTERNAL_FUNC(int, _CPU_Virtual_Irq_unmask, int)

/*
 * int _CPU_Virtual_Irq_ack(int vector)
 *
 * Acknowledges a vector: until then the host does not deliver it again. Other vectors are
 * not affected. Returns 0, or -EINVAL if it is not in service. From a handler: yes.
 */
EXTERNAL_FUNC(int, _CPU_Virtual_Irq_ack, int)

/*
 * int _CPU_Virtual_Irq_raise(int vector)
 *
 * Raises one of the guest's own vectors (JUMPSLOT_VECTOR_SOFT and up). If it is already
 * pending, the raise counts as coalesced. At level 0, a vector that is neither masked nor
 * in service has been delivered when it returns, except in a callback: there it will have
 * been when the outermost host function returns. Returns 0, or -EINVAL if the vector is
 * not one of these or not in use. From a handler: yes.
 */
EXTERNAL_FUNC(int, _CPU_Virtual_Irq_raise, int)

/*
 * int _CPU_Virtual_Irq_clear(int vector)
 *
 * Drops a vector that is pending: it is not delivered until it is raised again. The mask,
 * and a service in progress, stay as they are. Returns 0, also if the vector was not
 * pending, or -EINVAL if it is not in use. From a handler: yes.
 */
EXTERNAL_FUNC(int, _CPU_Virtual_Irq_clear, int)

/*
 * int _CPU_Virtual_Irq_state(int vector)
 *
 * Returns the sum of the CPU_VIRTUAL_IRQ_ values that apply to the vector, or -EINVAL if
 * it is not in use. From a handler: yes.
 */
EXTERNAL_FUNC(int, _CPU_Virtual_Irq_state, int)

#define CPU_VIRTUAL_IRQ_PENDING	   1 /* raised and not yet delivered */
#define CPU_VIRTUAL_IRQ_MASKED	   2
#define CPU_VIRTUAL_IRQ_IN_SERVICE 4 /* delivered and not yet acknowledged */

/*
 * int _CPU_Virtual_Wait_for_event(uint64_t deadline_ns)
 *
 * Sleeps until an interrupt has been handled. Call it at level 1: it enables interrupts
 * and sleeps in one step, so no wake-up is lost, and returns at level 1. If an interrupt
 * is already deliverable, it delivers that and does not sleep. `deadline_ns` is a time on
 * the clock of _BSP_Virtual_Clock_read(), or CPU_VIRTUAL_FOREVER. Returns 0 after a
 * handler ran, -EAGAIN at the deadline, -EINVAL at level 0 or in a callback, where
 * nothing is delivered. From a handler: no.
 */
EXTERNAL_FUNC(int, _CPU_Virtual_Wait_for_event, uint64_t)

/*
 * void _CPU_Virtual_idle_thread(void)
 *
 * Waits for events forever, with interrupts enabled in between. Never returns.
 * From a handler: no.
 */
EXTERNAL_FUNC(void, _CPU_Virtual_idle_thread)

/*
 * void _CPU_Virtual_exec_stop_error(int error)
 *
 * Stops this guest only; never returns. The low 8 bits of `error` are the exit status.
 * Only on the thread on which the host entered the guest, from any depth of calls and on
 * any stack. From a handler: yes.
 */
EXTERNAL_FUNC(void, _CPU_Virtual_exec_stop_error, int)

/* The functions of the level only access the guest's memory: there is nothing to provide.
 */
#ifndef JUMPSLOT_PROVIDER

/*
 * The level is a word in memory: 0 enables interrupts, 1 disables them. Levels are
 * absolute and not counted. Each function is a few instructions unless an interrupt is
 * pending. The return of a handler restores the level that was interrupted. From a
 * handler: yes; interrupts then nest.
 *
 *   _disable()        sets level 1 and returns the previous level
 *   _enable(previous) restores a level that _disable() returned. With 0, interrupts that
 *                     became deliverable have been delivered when it returns (in a
 *                     callback: will be, when the host function has returned)
 *   _flash(previous)  _enable(previous) and then level 1: with 0 it delivers what is
 *                     deliverable
 *   _open()           _enable(0)
 *   _close()          sets level 1
 *   _get_level()      returns the level
 */
static inline uint32_t _CPU_Virtual_Interrupts_disable(void);
static inline void _CPU_Virtual_Interrupts_enable(uint32_t previous);
static inline void _CPU_Virtual_Interrupts_flash(uint32_t previous);
static inline void _CPU_Virtual_Interrupts_open(void);
static inline void _CPU_Virtual_Interrupts_close(void);
static inline uint32_t _CPU_Virtual_Interrupts_get_level(void);

/*
 * Tells the host where the running thread's stack ends: `lowest` is the lowest address
 * that the host may use for the frame of an interrupt. The host ends the guest with a
 * report ("task stack full") instead of writing a frame below it. NULL, as at the start:
 * the host does not check. A thread that needs room for its handler adds it to `lowest`.
 *
 * Call it at level 1, at each switch to a thread and before the first one: the host
 * compares whatever stack the guest is on with this one address. From a handler: yes.
 */
static inline void _CPU_Virtual_Set_stack_limit(const void *lowest);

#endif
#endif
