/*
 * Stand-in for what <rtems/score/cpu.h> of RTEMS's x86-64 port has alone. A level of the
 * tests is a cookie of rtems_paravirt.h, so the value for enabled interrupts is, too.
 */
#ifndef STAND_IN_CPU_H
#define STAND_IN_CPU_H

#include <stdint.h>

#include <jumpslot/rtems_paravirt.h> /* for the cases */
#include <rtems/score/cpu.h>	     /* the port's own */

#define CPU_EFLAGS_INTERRUPTS_ON  0x3202
#define CPU_EFLAGS_INTERRUPTS_OFF 0x3002
#define CPU_ISR_LEVEL_ENABLED	  EFLAGS_INTR_ENABLE

typedef struct {
	uint64_t rflags, rbx;
	void *rsp, *rbp;
	uint64_t r12, r13, r14, r15, fs;
	uint32_t isr_dispatch_disable;
} Context_Control;

typedef struct {
	uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t vector, error_code, rip, cs, rflags, rsp, ss;
} CPU_Exception_frame;

#define EXCEPTION_VECTOR(frame) ((frame)->vector)

#endif
