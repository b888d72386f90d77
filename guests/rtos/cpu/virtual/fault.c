/* Faults: reported by the host, with the registers to continue with. */
#include <jumpslot/virt_bsp.h>

#include "cpu.h"
#include "fault.h"

#define DIRECTION_FLAG 0x400u
#define ALIGNMENT_FLAG 0x40000u

static const char *const kinds[] = {
	[JUMPSLOT_FAULT_DIVISION] = "division",
	[JUMPSLOT_FAULT_FLOAT] = "floating point",
	[JUMPSLOT_FAULT_ADDRESS] = "bad address",
	[JUMPSLOT_FAULT_STACK] = "stack",
	[JUMPSLOT_FAULT_ILLEGAL] = "illegal instruction",
	[JUMPSLOT_FAULT_PRIVILEGED] = "privileged instruction",
	[JUMPSLOT_FAULT_TRAP] = "trap",
};

/* The faulting thread continues here. Clears its x87 registers and exceptions, which the
 * next thread would inherit. */
static void end_thread(void)
{
	__asm__ volatile("fninit");
	fault_end_thread();
}

/* The host calls this on a stack of its own, at level 1. Without a decision the host
 * reports the fault and ends the guest. */
static void take(struct jumpslot_fault *fault)
{
	uintptr_t sp;

	if (!fault_is_of_thread(kinds[fault->kind], fault->level, &sp))
		return;
	fault->pc = (uintptr_t)end_thread;
	fault->sp = sp - sizeof(uintptr_t); /* as after a call */
	fault->flags &= ~(uint64_t)(DIRECTION_FLAG | ALIGNMENT_FLAG);
	fault->level = 1;
	fault->decision = JUMPSLOT_FAULT_RETRY;
}

void cpu_faults_init(void)
{
	_BSP_Virtual_faulthandler(take);
}
