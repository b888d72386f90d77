/* The interrupt of RTEMS's timing test 27, and of its tests of critical sections. */
#ifndef _RTEMS_TMTEST27
#error "tm27.h: include it in RTEMS's tests only"
#endif

#ifndef LIBBSP_I386_JUMPSLOT_TM27_H
#define LIBBSP_I386_JUMPSLOT_TM27_H

#include <bsp/irq.h>

#define MUST_WAIT_FOR_INTERRUPT 0

#define TM27_INTERRUPT_VECTOR_DEFAULT BSP_IRQ_TM27

static rtems_interrupt_entry tm27_interrupt_entry;

static inline void Install_tm27_vector(rtems_interrupt_handler handler)
{
	rtems_interrupt_entry_initialize(&tm27_interrupt_entry, handler, NULL, "tm27");
	(void)rtems_interrupt_entry_install(BSP_IRQ_TM27, RTEMS_INTERRUPT_SHARED,
					    &tm27_interrupt_entry);
}

static inline void Cause_tm27_intr(void)
{
	(void)rtems_interrupt_raise(BSP_IRQ_TM27);
}

static inline void Clear_tm27_intr(void)
{
	(void)rtems_interrupt_clear(BSP_IRQ_TM27);
}

static inline void Lower_tm27_intr(void)
{
}

#endif
