/* The cause of a fault signal. See fault_cause.h. */
#include <jumpslot/provider.h>

#include "common/code_table_x86.h"
#include "common/privileged.h"
#include "fault_cause.h"
#include "process/calls/gate.h"
#include "process/signals/context.h"
#include "runner/current.h"
#include "runner/load.h"
#include "runner/page_fault_x86.h"

#define IS_64_BIT (sizeof(void *) == 8)
/* Higher addresses are not canonical or the kernel's. A jump there faults before it, with
 * the program counter at the jump, or after it. */
#define USER_BITS 47

bool fault_has_address(const siginfo_t *info)
{
	return (info->si_signo == SIGSEGV || info->si_signo == SIGBUS) &&
	       info->si_code > 0 && info->si_code != SI_KERNEL;
}

static bool accesses_pc(const siginfo_t *info, const void *context)
{
	return fault_has_address(info) && (uintptr_t)info->si_addr == context_pc(context);
}

bool fault_is_own_access(const siginfo_t *info, const void *context)
{
	return accesses_pc(info, context) && !page_fault_is_fetch(context);
}

bool fault_is_guests(const siginfo_t *info, const void *context)
{
	const uintptr_t pc = context_pc(context);

	if (gate.state || info->si_code <= 0 || info->si_signo == SIGXCPU)
		return false; /* the host's, or a process or a limit sent it */
	return current_region(pc) || (uint64_t)pc >> USER_BITS ||
	       code_range_find(CODE_GUEST, pc).end ||
	       (accesses_pc(info, context) && page_fault_is_fetch(context));
}

uint32_t fault_privileged(const siginfo_t *info, uintptr_t pc)
{
	size_t count = PRIVILEGED_MAX_SIZE;

	if (!(info->si_signo == SIGSEGV && info->si_code == SI_KERNEL) &&
	    !(info->si_signo == SIGILL && info->si_code > 0))
		return PRIVILEGED_NONE;
	while (count && jumpslot_guest_range((void *)pc, count, JUMPSLOT_READ))
		count--;
	return privileged_find((const uint8_t *)pc, count, IS_64_BIT);
}

static bool is_stack_full(const siginfo_t *info)
{
	uintptr_t address = (uintptr_t)info->si_addr;

	return fault_has_address(info) && address < current->stack.start &&
	       current->stack.start - address <= LOAD_GUARD;
}

static uint32_t kind_of(const siginfo_t *info, uintptr_t pc)
{
	switch (info->si_signo) {
	case SIGFPE:
		return info->si_code == FPE_INTDIV ? JUMPSLOT_FAULT_DIVISION
						   : JUMPSLOT_FAULT_FLOAT;
	case SIGTRAP:
		return JUMPSLOT_FAULT_TRAP;
	}
	if (fault_privileged(info, pc) != PRIVILEGED_NONE)
		return JUMPSLOT_FAULT_PRIVILEGED;
	if (info->si_signo == SIGILL)
		return JUMPSLOT_FAULT_ILLEGAL;
	return is_stack_full(info) ? JUMPSLOT_FAULT_STACK : JUMPSLOT_FAULT_ADDRESS;
}

struct fault_cause fault_cause(const siginfo_t *info, uintptr_t pc)
{
	return (struct fault_cause){
		.kind = kind_of(info, pc),
		.address = fault_has_address(info) ? (uintptr_t)info->si_addr : 0,
	};
}
