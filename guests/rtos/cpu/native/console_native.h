/* Initialization and end of the serial port, for start.c. Depends on nothing. */
#ifndef RTOS_NATIVE_CONSOLE_H
#define RTOS_NATIVE_CONSOLE_H

void native_console_init(void);

/* Waits until all output has been sent. */
void native_console_finish(void);

#endif
