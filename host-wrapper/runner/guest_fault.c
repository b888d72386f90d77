/* Calls of the guest's fault handler, and its decisions. See guest_fault.h. */
#include <stddef.h>
#include <string.h>

#include "common/outcome.h"
#include "guest_fault.h"
#include "vcpu/vcpu.h"

/* A cache line; the stack needs no more. */
#define ALIGNMENT ((uintptr_t)64)

/* One fault at a time: the next one overwrites the stack. */
static struct {
	uintptr_t handler;
	uintptr_t stack_low;
	uintptr_t stack_high;
	uintptr_t guard;
	uintptr_t call;		     /* code that calls the handler */
	struct jumpslot_fault found; /* the fault, as it was */
	struct jumpslot_fault left;  /* as the handler left it */
	unsigned retries;	     /* without progress */
	uint64_t stack_limit;	     /* of the interrupted stack; 0: unchecked */
} fault;

void guest_fault_start(uintptr_t low, uintptr_t high, uintptr_t guard, uintptr_t call)
{
	fault.stack_low = low;
	fault.stack_high = high;
	fault.guard = guard;
	fault.call = call;
}

void guest_fault_set(uintptr_t handler)
{
	__atomic_store_n(&fault.handler, handler, __ATOMIC_RELAXED);
}

bool guest_fault_is_set(void)
{
	return fault.handler;
}

struct jumpslot_fault *guest_fault_frame(void)
{
	uintptr_t address = fault.stack_high - sizeof(struct jumpslot_fault);

	return (struct jumpslot_fault *)(address & ~(ALIGNMENT - 1));
}

static bool is_on_fault_stack(uint64_t sp)
{
	return sp >= fault.stack_low - fault.guard && sp <= fault.stack_high;
}

/* Whether the guest retried and is at the same instruction with the same registers. */
static bool is_unchanged(void)
{
	const size_t registers = offsetof(struct jumpslot_fault, pc);
	struct jumpslot_fault left = fault.left;

	left.flags = fault.found.flags ^
		     ((left.flags ^ fault.found.flags) & ~(uint64_t)FLAGS_TRANSIENT);
	return fault.left.decision == JUMPSLOT_FAULT_RETRY &&
	       fault.left.address == fault.found.address &&
	       !memcmp((char *)&left + registers, (char *)&fault.found + registers,
		       sizeof(left) - registers);
}

/* While the handler runs, the limit is the one of its stack. */
static void use_limit_of_fault_stack(void)
{
	fault.stack_limit = vcpu.state ? vcpu.state->stack_limit : 0;
	if (fault.stack_limit)
		vcpu.state->stack_limit = fault.stack_low;
}

/* The handler may have set another one, for the stack where the guest continues. */
static void restore_limit(void)
{
	if (fault.stack_limit && vcpu.state->stack_limit == fault.stack_low)
		vcpu.state->stack_limit = fault.stack_limit;
}

uint32_t guest_fault_enter(const struct fault_cause *cause, struct registers *registers)
{
	fault.found = (struct jumpslot_fault){
		.kind = cause->kind,
		.level = vcpu.state ? vcpu.state->level : 0,
		.address = cause->address,
	};
	fault_read_registers(&fault.found, registers);
	fault.retries = is_unchanged() ? fault.retries + 1 : 0;
	if (is_on_fault_stack(fault.found.sp))
		return OUTCOME_HANDLER_FAULTED;
	if (fault.retries == JUMPSLOT_FAULT_RETRIES)
		return OUTCOME_HANDLER_RETRIED;
	*guest_fault_frame() = fault.found;
	vcpu_close();
	use_limit_of_fault_stack();
	fault_frame_enter(registers, guest_fault_frame(), fault.handler);
	registers->pc = fault.call;
	return OUTCOME_HANDLER_NONE;
}

bool guest_fault_answer(struct registers *registers, struct fault_answer *answer)
{
	if (!fault_frame_is_at(registers, guest_fault_frame()))
		return false;
	fault.left = *guest_fault_frame(); /* once: it is the guest's memory */
	*answer = (struct fault_answer){ fault.left.decision, fault.left.level,
					 fault.left.status };
	restore_limit();
	switch (answer->decision) {
	case JUMPSLOT_FAULT_RETRY:
		fault_write_registers(registers, &fault.left);
		break;
	case JUMPSLOT_FAULT_STOP:
	case JUMPSLOT_FAULT_RESTART_COLD:
	case JUMPSLOT_FAULT_RESTART_WARM:
		break;
	default:
		answer->decision = JUMPSLOT_FAULT_REPORT;
		fault_write_registers(registers, &fault.found);
	}
	return true;
}
