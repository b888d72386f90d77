/* Interrupt vectors: RTEMS's are those of the virtual CPU. */
#ifndef LIBBSP_I386_JUMPSLOT_IRQ_H
#define LIBBSP_I386_JUMPSLOT_IRQ_H

#ifndef ASM

#include <rtems.h>
#include <rtems/irq-extension.h>
#include <rtems/irq.h>

#define BSP_INTERRUPT_VECTOR_COUNT 64

#define BSP_IRQ_CLOCK	0
#define BSP_IRQ_CONSOLE 1
/* Lines of the host, host-wrapper's --line: 2 to 15. */
#define BSP_IRQ_LINE(n) (n)
/* From here on the guest raises them: rtems_interrupt_raise(). */
#define BSP_IRQ_SOFT 16

/* Used by the console for its output, and by RTEMS's tests. */
#define BSP_IRQ_TRANSMIT (BSP_INTERRUPT_VECTOR_COUNT - 1)
#define BSP_IRQ_TM27	 BSP_IRQ_SOFT

#endif
#endif
