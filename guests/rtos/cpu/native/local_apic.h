/* The processor's local APIC: here just to interrupt oneself. */
#ifndef RTOS_NATIVE_LOCAL_APIC_H
#define RTOS_NATIVE_LOCAL_APIC_H

#include <stdint.h>

/* The lines of the 8259s go on to reach the processor through it. */
void local_apic_init(void);

/* Interrupts this processor, as soon as interrupts are open. */
void local_apic_raise(uint32_t vector);

void local_apic_end(void);

#endif
