/* Stand-in for what <rtems/score/cpu.h> of RTEMS's i386 port has alone. */
#ifndef STAND_IN_CPU_H
#define STAND_IN_CPU_H

#include <stdint.h>

void i386_enable_interrupts(uint32_t level);
void i386_flash_interrupts(uint32_t level);
void i386_set_interrupt_level(uint32_t new_level);
uint32_t i386_disable_interrupts(void);
uint32_t i386_get_interrupt_level(void);
uint32_t _CPU_ISR_Get_level(void);

#define CPU_EFLAGS_INTERRUPTS_ON	   0x3202
#define CPU_EFLAGS_INTERRUPTS_OFF	   0x3002
#define CPU_EXCEPTION_KINDS		   20
#define I386_EXCEPTION_DIVIDE_BY_ZERO	   0
#define I386_EXCEPTION_BREAKPOINT	   3
#define I386_EXCEPTION_ILLEGAL_INSTR	   6
#define I386_EXCEPTION_STACK_SEGMENT_FAULT 12
#define I386_EXCEPTION_GENERAL_PROT_ERR	   13
#define I386_EXCEPTION_PAGE_FAULT	   14
#define I386_EXCEPTION_FLOAT_ERROR	   16

typedef struct {
	uint32_t eflags;
	void *esp, *ebp;
	uint32_t ebx, esi, edi;
	uint64_t gs;
	uint32_t isr_dispatch_disable;
} Context_Control;

typedef struct {
	uint32_t edi, esi, ebp, esp0, ebx, edx, ecx, eax, idtIndex, faultCode, eip,
		eflags;
} CPU_Exception_frame;

#define EXCEPTION_VECTOR(frame) ((frame)->idtIndex)

#endif
