/*
 * The imports of a partition library from the monitor's runtime besides the built-in
 * services. Depends on external_func.h, so never together with jumpslot/provider.h.
 */
#ifndef JUMPSLOT_MONITOR_LIBRARY_LIBRARY_H
#define JUMPSLOT_MONITOR_LIBRARY_LIBRARY_H

#include <stddef.h>
#include <stdint.h>
#include <jumpslot/external_func.h>

/* Returns 0 if the partition may access all bytes as enum jumpslot_access says, or
 * -EFAULT. */
EXTERNAL_FUNC(int, monitor_range, const void *, size_t, int)

/* Gives the processor away until an interrupt or the deadline, a time on the guest's
 * clock. Returns 0 at the deadline. */
EXTERNAL_FUNC(int, monitor_wait, uint64_t)

/* As in jumpslot/virt_cpu.h, which would make the library a guest that takes interrupts.
 */
EXTERNAL_FUNC(void, _CPU_Virtual_exec_stop_error, int)

#endif
