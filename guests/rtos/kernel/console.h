/* The console's driver: whole pieces of output, and input that threads wait for. */
#ifndef RTOS_CONSOLE_H
#define RTOS_CONSOLE_H

#include <stddef.h>
#include <stdint.h>

/* Before any output. */
void console_init(void);

/* Takes the input's interrupts into use; what came before is there too. */
void console_open_input(void);

/* Writes all of it before anybody else writes. With interrupts closed, and so from a
 * handler, which may, it does not wait for others, but writes into the midst of theirs.
 */
void console_write(const char *text, size_t length);

/* The next byte of the input, 0 to 255; waits `ticks` at most, then E_TIMEOUT. */
int console_read(uint32_t ticks);

#endif
