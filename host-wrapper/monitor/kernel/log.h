/*
 * The kernel's own lines, for the launcher or a log: into a ring, which is written to a
 * serial line of its own when there is time. Depends on uart.h.
 */
#ifndef JUMPSLOT_MONITOR_LOG_H
#define JUMPSLOT_MONITOR_LOG_H

#include <stddef.h>
#include <stdint.h>

/* Parts of a line. Bytes that do not fit into the ring are lost, and counted. */
void log_text(const char *text);
void log_number(uint64_t number);
void log_hex(uint64_t number);
void log_bytes(const void *bytes, size_t count);
void log_end_of_line(void);

/* Returns how many bytes the ring takes now. */
uint32_t log_room(void);

/* Writes as much as the line takes at once; returns whether anything is left. */
int log_drain(void);

/* Writes everything. Only where no guest runs any more. */
void log_flush(void);

#endif
