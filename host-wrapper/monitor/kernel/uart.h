/*
 * The serial lines: the console's output and input, the guests' stream of errors, and the
 * kernel's log. Never waits. Depends on port_io.h alone.
 */
#ifndef JUMPSLOT_MONITOR_UART_H
#define JUMPSLOT_MONITOR_UART_H

#include <stdbool.h>
#include <stdint.h>

enum uart { UART_CONSOLE, UART_ERRORS, UART_LOG, UARTS };

/* Bytes that a line takes at once at most. */
#define UART_QUEUE 16

void uart_start(void);

/* Returns how many bytes the line takes now, at most UART_QUEUE. */
unsigned uart_room(enum uart line);
void uart_put(enum uart line, char byte);

/* The next byte of the console's input, or -1. */
int uart_get(void);

/* Whether the line of the console's interrupts is raised for input. */
void uart_watch(bool on);

#endif
