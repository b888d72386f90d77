/*
 * What the kernel asks of a processor. Whoever ports the kernel writes this, and nothing
 * else: once with privileged instructions (native/), and once with the functions of a
 * host (virtual/). cpu_level.h is from the one or the other; context_<arch>.S is for
 * both.
 */
#ifndef RTOS_CPU_H
#define RTOS_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Inline, there:
 *   uint32_t cpu_interrupts_disable(void)       closes them; returns the level that was
 *   void cpu_interrupts_enable(uint32_t level)  goes back to that
 *   void cpu_interrupts_open(void), cpu_interrupts_close(void)
 *   void cpu_interrupts_flash(void)             lets in what is waiting, and closes again
 *   bool cpu_interrupts_are_closed(void)
 */
#include "cpu_level.h"

#define CPU_VECTORS	   64
#define CPU_VECTOR_CLOCK   0
#define CPU_VECTOR_CONSOLE 1
#define CPU_VECTOR_SOFT	   16 /* and up: raised by the kernel or the application */

/* Context: callee-saved registers and floating-point control; a thread in the midst of an
 * interrupt has all others on its stack. */

/* Where a new thread starts that gets the stack below `top`: at `begin`, which does not
 * return, with interrupts closed. */
void *cpu_context_init(void *top, void (*begin)(void));
/* Goes on with another thread, until somebody comes back to this. Interrupts closed. */
void cpu_context_switch(void **save_sp, void *next_sp);

/* Interrupts. Each one calls interrupt_handle() of the kernel and then thread_dispatch(),
 * with interrupts closed. */

/* Interrupts closed, of what the kernel has checked. False: there is no such vector here.
 * What was raised before either is dropped. */
bool cpu_vector_connect(int vector);
void cpu_vector_disconnect(int vector);
void cpu_vector_acknowledge(int vector);

/* From threads and handlers, of vectors that are connected. One that is held back, or
 * cannot come yet, comes once, however often it is raised; the lowest one first. */
void cpu_vector_mask(int vector); /* holds it back */
void cpu_vector_unmask(int vector);
void cpu_vector_raise(int vector); /* from CPU_VECTOR_SOFT up; not connected: nothing */

/* Waiting. */

/* Interrupts closed: opens and waits in one step until one was handled; closed again. */
void cpu_wait(void);
/* Waits for ever, with interrupts open. */
__attribute__((__noreturn__)) void cpu_idle(void);

/* The clock, interrupts closed. */

void cpu_clock_start(uint32_t rate); /* interrupts a second */
/* Periods since the last call, in the clock's interrupt, or in another one to end a skip.
 */
uint32_t cpu_clock_periods(void);
uint32_t cpu_clock_missed(void); /* periods without an interrupt, since the last call */
/* The next interrupt after so many, or earlier; UINT32_MAX: none is needed. False: one is
 * due now. Not during a skip. */
bool cpu_clock_skip(uint32_t periods);

/* The console. */

void cpu_console_write(const char *text, size_t length); /* waits until it is taken */
int cpu_console_read(void);  /* 0 to 255, or -1: nothing yet; does not wait */
void cpu_console_open(void); /* interrupts when there is something */

/* The machine. */

void cpu_faults_init(void);	    /* faults call fault_is_of_thread() from now on */
const char *cpu_command_line(void); /* words behind blanks */
void cpu_memory(void **start, size_t *size); /* for applications, behind the image */
__attribute__((__noreturn__)) void cpu_stop(int status);
__attribute__((__noreturn__)) void cpu_restart(bool warm); /* warm: memory is kept */

#endif
