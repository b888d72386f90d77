/* Exceptions as signals. See cause_x86.h. */
#define _GNU_SOURCE
#include <jumpslot/abi/fault.h>
#include <jumpslot/provider.h>
#include <signal.h>

#include "cause_x86.h"
#include "common/privileged.h"
#include "kvm/machine/machine.h"
#include "runner/current.h"
#include "runner/load.h"

/* A page fault's code: the page is there, and another access is allowed. */
#define PROTECTION 1

/* Exception flags of x87 and SSE, in the order in which Linux looks. */
static int float_code(unsigned flags)
{
	if (flags & 0x01)
		return FPE_FLTINV;
	if (flags & 0x04)
		return FPE_FLTDIV;
	if (flags & 0x08)
		return FPE_FLTOVF;
	if (flags & 0x12)
		return FPE_FLTUND;
	return flags & 0x20 ? FPE_FLTRES : FPE_FLTINV;
}

static int code_of_float(unsigned vector)
{
	uint32_t mxcsr;
	uint16_t status;

	machine_get_float(&status, &mxcsr);
	return float_code(vector == 16 ? status : mxcsr & ~(mxcsr >> 7));
}

/* The guards of the stacks are mapped in the process host, without any right. */
static bool is_in_guard(uintptr_t address)
{
	const struct area *stack = &current->stack;

	return address >= stack->start - LOAD_GUARD && address < stack->end + LOAD_GUARD;
}

static void find_page_fault(struct end_cause *cause,
			    const struct tables_exception *exception)
{
	cause->address = (uintptr_t)machine_fault_address();
	cause->code = exception->code & PROTECTION || is_in_guard(cause->address)
			      ? SEGV_ACCERR
			      : SEGV_MAPERR;
}

static void find_signal(struct end_cause *cause, const struct tables_exception *exception)
{
	const uintptr_t pc = (uintptr_t)exception->pc;

	*cause = (struct end_cause){
		.kind = OUTCOME_SIGNAL,
		.signal = SIGSEGV,
		.code = SI_KERNEL,
	};
	switch (exception->vector) {
	case 0: /* division */
		*cause = (struct end_cause){ OUTCOME_SIGNAL, .signal = SIGFPE,
					     .code = FPE_INTDIV, .address = pc };
		break;
	case 1: /* single step */
		*cause = (struct end_cause){ OUTCOME_SIGNAL, .signal = SIGTRAP,
					     .code = TRAP_TRACE, .address = pc };
		break;
	case 3: /* breakpoint */
		cause->signal = SIGTRAP;
		break;
	case 6: /* undefined */
		*cause = (struct end_cause){ OUTCOME_SIGNAL, .signal = SIGILL,
					     .code = ILL_ILLOPN, .address = pc };
		break;
	case 11: /* segment not present, and stack segment */
	case 12:
		cause->signal = SIGBUS;
		break;
	case 14:
		find_page_fault(cause, exception);
		break;
	case 16: /* x87, SSE */
	case 19:
		*cause = (struct end_cause){ OUTCOME_SIGNAL, .signal = SIGFPE,
					     .code = code_of_float(exception->vector),
					     .address = pc };
		break;
	case 17: /* alignment */
		cause->signal = SIGBUS;
		cause->code = BUS_ADRALN;
		break;
	}
}

/* Reads no byte that the processor had not to fetch. */
static uint32_t privileged_at(uintptr_t pc)
{
	size_t count = PRIVILEGED_MAX_SIZE;

	while (count && jumpslot_guest_range((void *)pc, count, JUMPSLOT_READ))
		count--;
	return privileged_find((const uint8_t *)pc, count, sizeof(void *) == 8);
}

void cause_find(struct end_cause *cause, const struct tables_exception *exception)
{
	uint32_t number = PRIVILEGED_NONE;

	find_signal(cause, exception);
	if (exception->vector == 6 || exception->vector == 13)
		number = privileged_at((uintptr_t)exception->pc);
	if (number == PRIVILEGED_NONE)
		return;
	cause->kind = OUTCOME_PRIVILEGED;
	cause->detail = number;
}

bool cause_has_address(const struct end_cause *cause)
{
	return cause->signal == SIGSEGV && cause->code != SI_KERNEL;
}

static bool is_stack_full(const struct end_cause *cause)
{
	return cause_has_address(cause) && cause->address < current->stack.start &&
	       current->stack.start - cause->address <= LOAD_GUARD;
}

uint32_t cause_kind(const struct end_cause *cause)
{
	switch (cause->signal) {
	case SIGFPE:
		return cause->code == FPE_INTDIV ? JUMPSLOT_FAULT_DIVISION
						 : JUMPSLOT_FAULT_FLOAT;
	case SIGTRAP:
		return JUMPSLOT_FAULT_TRAP;
	}
	if (cause->kind == OUTCOME_PRIVILEGED)
		return JUMPSLOT_FAULT_PRIVILEGED;
	if (cause->signal == SIGILL)
		return JUMPSLOT_FAULT_ILLEGAL;
	return is_stack_full(cause) ? JUMPSLOT_FAULT_STACK : JUMPSLOT_FAULT_ADDRESS;
}
