/* Whether this process runs under a debugger. Depends on /proc alone. */
#ifndef JUMPSLOT_DEBUGGER_H
#define JUMPSLOT_DEBUGGER_H

#include <stdbool.h>

/* True if gdb or lldb, or one of their servers, traces this process; not for strace. */
bool debugger_traces(void);

#endif
