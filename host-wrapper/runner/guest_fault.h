/*
 * The rules of faults that the guest handles itself: into its handler, and on with its
 * decision. Works on plain registers; a host fills them from what it has and writes them
 * back. Knows nothing of signals.
 *
 * The fault is written as a struct jumpslot_fault onto a stack for faults, and the guest
 * continues in its handler there. The handler returns to code of the host, which then
 * asks for the decision.
 */
#ifndef JUMPSLOT_GUEST_FAULT_H
#define JUMPSLOT_GUEST_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include <jumpslot/abi/fault.h>
#include "vcpu/registers.h"

/* One fault, as the processor reports it. */
struct fault_cause {
	uint32_t kind;	   /* JUMPSLOT_FAULT_* */
	uintptr_t address; /* that was accessed; 0 where the processor gives none */
};

/* The handler's answer. */
struct fault_answer {
	uint32_t decision; /* JUMPSLOT_FAULT_* */
	uint32_t level;	   /* RETRY: of interrupts, from now on */
	int status;	   /* STOP */
};

/* The stack for faults, in the guest's memory; [low - guard, low) is not mapped. `call`:
 * the host's code that calls the handler. */
void guest_fault_start(uintptr_t low, uintptr_t high, uintptr_t guard, uintptr_t call);

/* Sets the guest's handler; 0: none. Async-signal-safe. */
void guest_fault_set(uintptr_t handler);

/* Whether there is a handler. */
bool guest_fault_is_set(void);

/*
 * Writes the fault and changes `registers` so that the guest continues in its handler.
 * Returns OUTCOME_HANDLER_NONE; any other OUTCOME_HANDLER_* says why the handler is not
 * called, and `registers` stay.
 */
uint32_t guest_fault_enter(const struct fault_cause *cause, struct registers *registers);

/*
 * When the handler has returned, with these registers: reads its answer and changes
 * `registers` to those after a retry, or to those of the fault if it is to be reported.
 * For other decisions they stay. Returns false if the handler returned on another stack.
 */
bool guest_fault_answer(struct registers *registers, struct fault_answer *answer);

/* Per machine: the registers of a struct jumpslot_fault. */
void fault_read_registers(struct jumpslot_fault *to, const struct registers *from);
void fault_write_registers(struct registers *to, const struct jumpslot_fault *from);

/* Per machine: whether the handler that was called with `frame` has returned in order. */
bool fault_frame_is_at(const struct registers *registers,
		       const struct jumpslot_fault *frame);

/* Per machine: the registers with which the code that calls the handler starts; and those
 * of a call of `function`(status) on the stack for faults. */
void fault_frame_enter(struct registers *registers, struct jumpslot_fault *frame,
		       uintptr_t handler);
void fault_frame_call(struct registers *registers, struct jumpslot_fault *frame,
		      uintptr_t function, int status);

/* The frame on the stack for faults. */
struct jumpslot_fault *guest_fault_frame(void);

#endif
