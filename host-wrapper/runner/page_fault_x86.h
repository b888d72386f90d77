/* A page fault's error code in the context of its signal. Async-signal-safe. */
#ifndef JUMPSLOT_PAGE_FAULT_X86_H
#define JUMPSLOT_PAGE_FAULT_X86_H

#include <stdbool.h>

/* Whether the fetch of an instruction faulted, and not its access. */
bool page_fault_is_fetch(const void *context);

#endif
