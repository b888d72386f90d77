/* The functions of vcpu/hooks.h in a partition; vcpu_sleep() and vcpu_restore_vectors are
 * in assembly. */
#include <jumpslot/provider.h>

#include "calls.h"
#include "vcpu/hooks.h"

/* The kernel raises vectors, and looks at them on each way back to the guest. */
void vcpu_kick(void)
{
}

/* Services run at the guest's privilege and are interrupted like its own code. */
bool vcpu_defer(void)
{
	return false;
}

void vcpu_stack_full(uintptr_t pc, uintptr_t sp, size_t bytes)
{
	monitor_stack_full(pc, sp, bytes);
}

/* The clock's periods do not depend on acknowledgements. */
void vcpu_clock_acknowledged(void)
{
}

bool vcpu_is_guest_code(uintptr_t address)
{
	return !monitor_range((const void *)address, 1, JUMPSLOT_EXECUTE);
}
