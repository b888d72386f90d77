/*
 * The console driver: output in whole pieces, and input that threads wait for.
 * Depends only on the compiler's own headers.
 */
#ifndef RTOS_CONSOLE_H
#define RTOS_CONSOLE_H

#include <stddef.h>
#include <stdint.h>

/* Before any output. */
void console_init(void);

/* Enables input interrupts. Input that arrived before is not lost. */
void console_open_input(void);

/* Writes all of it before any other thread writes. With interrupts disabled it does not
 * wait for other threads, and so may write in the middle of their text. From a handler:
 * yes. */
void console_write(const char *text, size_t length);

/* The next input byte, 0 to 255; waits for at most `ticks`, then returns E_TIMEOUT. */
int console_read(uint32_t ticks);

#endif
