/*
 * The local APIC: lets the processor interrupt itself. Depends only on <stdint.h>.
 */
#ifndef RTOS_NATIVE_LOCAL_APIC_H
#define RTOS_NATIVE_LOCAL_APIC_H

#include <stdint.h>

/* Enables it; interrupts of the 8259s still reach the processor. */
void local_apic_init(void);

/* Interrupts this processor as soon as interrupts are enabled. */
void local_apic_raise(uint32_t vector);

void local_apic_end(void);

#endif
