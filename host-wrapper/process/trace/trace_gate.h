/* Keeps interrupts away while a record is written, as the gate's state does on the host's
 * side. */
#ifndef JUMPSLOT_TRACE_GATE_H
#define JUMPSLOT_TRACE_GATE_H

#include <stdbool.h>

/* Returns whether it was open; trace_open() then delivers what came meanwhile. */
bool trace_close(void);
void trace_open(bool was_open);

#endif
