/* Initialization of interrupts, for start.c. Depends on nothing. */
#ifndef RTOS_VIRTUAL_INTERRUPTS_H
#define RTOS_VIRTUAL_INTERRUPTS_H

void interrupts_init(void);

#endif
