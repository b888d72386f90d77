/*
 * Output of several partitions, in whole lines that begin with the partition's name. A
 * line goes to a queue when it is complete; a few bytes of the queue go to the serial
 * line with each call of any partition, and in idle time. Depends on partition.h and
 * uart.h.
 */
#ifndef JUMPSLOT_MONITOR_CONSOLE_LINES_H
#define JUMPSLOT_MONITOR_CONSOLE_LINES_H

#include "partition.h"
#include "uart.h"

/* Returns how many of the bytes were taken, 0 if the partition has too much queued. */
uint64_t console_lines_put(const struct partition *partition, enum uart line,
			   const char *bytes, uint64_t count);

/* Queues a line that is not complete, as before a read of input. */
void console_lines_show(const struct partition *partition, enum uart line);

/* Completes the partition's lines: it has ended, or starts again. */
void console_lines_end(const struct partition *partition);

/* Writes a few bytes if a line of this partition is the next one. */
void console_lines_drain_own(const struct partition *partition);

/* Writes what the serial lines take at once. Returns whether anything is left. */
bool console_lines_drain(void);

#endif
