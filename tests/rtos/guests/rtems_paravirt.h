/* The five hooks, declared as in RTEMS's own headers. Depends only on <stdint.h>. */
#ifndef RTEMS_PARAVIRT_H
#define RTEMS_PARAVIRT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

uint32_t i386_disable_interrupts(void);
void i386_enable_interrupts(uint32_t level);
void i386_flash_interrupts(uint32_t level);
void i386_set_interrupt_level(uint32_t new_level);
uint32_t i386_get_interrupt_level(void);

#ifdef __cplusplus
}
#endif

#endif
