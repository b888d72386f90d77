/* What the machine needs of the serial port. */
#ifndef RTOS_NATIVE_CONSOLE_H
#define RTOS_NATIVE_CONSOLE_H

void native_console_init(void);

/* Waits until all that was written is on the line. */
void native_console_finish(void);

#endif
