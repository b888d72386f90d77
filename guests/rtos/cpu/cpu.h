/*
 * The processor interface: everything that a port of the kernel has to provide. It exists
 * twice: with privileged instructions (native/) and with the functions of a host
 * (virtual/). Each of the two has its own cpu_level.h; context_<arch>.S serves both.
 *
 * The implementations call four functions of the kernel: kernel_start() (kernel.h),
 * interrupt_handle() (interrupt.h), sched_dispatch() (sched.h), and for faults those of
 * fault.h. Depends only on cpu_level.h and the compiler's own headers.
 */
#ifndef RTOS_CPU_H
#define RTOS_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * cpu_level.h defines, inline:
 *   uint32_t cpu_interrupts_disable(void)       disables; returns the previous level
 *   void cpu_interrupts_enable(uint32_t level)  restores that level
 *   void cpu_interrupts_open(void)              enables
 *   void cpu_interrupts_close(void)             disables
 *   void cpu_interrupts_flash(void)             delivers what is pending, then disables
 *   bool cpu_interrupts_are_closed(void)        whether they are disabled
 *   void cpu_set_stack_limit(const void *lowest)  where the next thread's stack ends
 */
#include "cpu_level.h"

#define CPU_VECTORS	   64
#define CPU_VECTOR_CLOCK   0
#define CPU_VECTOR_CONSOLE 1
#define CPU_VECTOR_SOFT	   16 /* and up: raised by software */

/*
 * Context: the callee-saved registers and floating-point control, on the thread's stack.
 * An interrupted thread has all other registers on its stack as well.
 * Called with interrupts disabled.
 */

/* Prepares the stack below `top` for a new thread, which starts in `begin`, with
 * interrupts disabled. `begin` does not return. Returns the stack pointer. */
void *cpu_context_init(void *top, void (*begin)(void));
/* Saves the running thread and resumes another one. Returns when the thread is resumed.
 */
void cpu_context_switch(void **save_sp, void *next_sp);

/* Interrupts. Each interrupt calls interrupt_handle() and then sched_dispatch(), with
 * interrupts disabled. */

/* Called with interrupts disabled, for a vector that the kernel has checked. False: the
 * vector does not exist here. Connecting and disconnecting drop what was raised before.
 */
bool cpu_vector_connect(int vector);
void cpu_vector_disconnect(int vector);
void cpu_vector_acknowledge(int vector);

/* For threads and handlers, and for connected vectors. A vector that is masked or cannot
 * be delivered yet is delivered once, however often it is raised; the lowest one first.
 */
void cpu_vector_mask(int vector);
void cpu_vector_unmask(int vector);
void cpu_vector_raise(int vector); /* from CPU_VECTOR_SOFT up; ignored if not connected */

/* Waiting. */

/* Called with interrupts disabled: enables them and sleeps in one step, until one was
 * handled; returns with interrupts disabled. */
void cpu_wait(void);
/* Waits forever, with interrupts enabled. */
__attribute__((__noreturn__)) void cpu_idle(void);

/* The clock. Called with interrupts disabled. */

/* `rate`: periods per second. False: this machine's clock is not as fast. */
bool cpu_clock_start(uint32_t rate);
/* Periods since the last call. Called in a clock interrupt, or in another one to end a
 * skip. */
uint32_t cpu_clock_periods(void);
/* Periods since the last call that had no interrupt of their own. */
uint32_t cpu_clock_missed(void);
/* Skips interrupts: the next one comes after `periods` or earlier; UINT32_MAX: none is
 * needed. False: one is due now. Not called during a skip. */
bool cpu_clock_skip(uint32_t periods);

/* The console. */

void cpu_console_write(const char *text, size_t length); /* waits until it is sent */
int cpu_console_read(void);  /* 0 to 255, or -1: no input yet; does not wait */
void cpu_console_open(void); /* enables input interrupts */

/* The machine. */

void cpu_faults_init(void);	    /* from now on faults call fault_is_of_thread() */
const char *cpu_command_line(void); /* the image's name and options, as words */
void cpu_memory(void **start, size_t *size); /* memory for applications */
__attribute__((__noreturn__)) void cpu_stop(int status);
__attribute__((__noreturn__)) void cpu_restart(bool warm); /* warm: keeps that memory */

#endif
