/*
 * RTEMS's header of the same name, without the load of GS: that register belongs to the
 * host. Comes before RTEMS's own in the include path.
 */
#ifndef JUMPSLOT_RTEMS_CPUIMPL_H
#define JUMPSLOT_RTEMS_CPUIMPL_H

#define _CPU_Use_thread_local_storage _CPU_Use_thread_local_storage_in_gs
#include_next <rtems/score/cpuimpl.h>
#undef _CPU_Use_thread_local_storage

#ifndef ASM
static inline void _CPU_Use_thread_local_storage(const Context_Control *context)
{
	(void)context;
}
#endif

#endif
