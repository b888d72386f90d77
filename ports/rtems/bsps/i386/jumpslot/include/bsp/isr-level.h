/* RTEMS's cookie for enabled interrupts, which _Thread_Do_dispatch() takes. */
#ifndef LIBBSP_I386_JUMPSLOT_ISR_LEVEL_H
#define LIBBSP_I386_JUMPSLOT_ISR_LEVEL_H

#include <rtems/score/cpu.h>

#define BSP_ISR_ENABLED EFLAGS_INTR_ENABLE

#endif
