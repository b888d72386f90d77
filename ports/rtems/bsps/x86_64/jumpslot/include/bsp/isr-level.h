/* RTEMS's cookie for enabled interrupts, which _Thread_Do_dispatch() takes. */
#ifndef LIBBSP_X86_64_JUMPSLOT_ISR_LEVEL_H
#define LIBBSP_X86_64_JUMPSLOT_ISR_LEVEL_H

#include <rtems/score/cpu.h>

#define BSP_ISR_ENABLED CPU_ISR_LEVEL_ENABLED

#endif
