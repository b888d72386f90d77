/* What the start needs of the interrupts. */
#ifndef RTOS_VIRTUAL_INTERRUPTS_H
#define RTOS_VIRTUAL_INTERRUPTS_H

void interrupts_init(void);

#endif
