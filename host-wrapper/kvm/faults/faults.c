/* From an exception's vector to a fault of the guest. See faults.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <jumpslot/provider.h>

#include "cause_x86.h"
#include "common/privileged.h"
#include "end.h"
#include "faults.h"
#include "kvm/calls/calls.h"
#include "kvm/calls/host_stack.h"
#include "kvm/gdb/session.h"
#include "kvm/inside/block.h"
#include "kvm/machine/guest_registers.h"
#include "kvm/machine/layout_x86.h"
#include "kvm/machine/machine.h"
#include "kvm/machine/tables_x86.h"
#include "runner/current.h"
#include "runner/guest_fault.h"
#include "runner/load.h"
#include "runner/plan_read.h"
#include "runner/reset.h"
#include "vcpu/vcpu.h"

#define STACK ((size_t)0x10000)
#define GUARD LOAD_GUARD

/* Of SYSCALL and INT, in bytes; INT's first byte; and vectors. */
#define SYSCALL_SIZE 2
#define INT_SIZE     2
#define INT	     0xcd
#define UNDEFINED    6
#define PROTECTION   13

/* The kind of a code of PROTECTION: an INT whose vector is not for user code (AMD64 APM,
 * volume 2, 8.4.1). The vector in it is not to be trusted: QEMU doubles it. */
#define CODE_KIND 7
#define CODE_INT  2

/* The flag of a single step. */
#define TF 0x100

/* The fault that the guest is handling, and its vector registers. */
static struct {
	struct end_cause cause;
	void *vectors;
} saved;

int faults_prepare(struct runner *runner, struct message *message)
{
	struct guest_region region = { .access = JUMPSLOT_READ | JUMPSLOT_WRITE };
	char *at;

	if (!plan_imports_name(runner->plan, "_BSP_Virtual_faulthandler"))
		return 0;
	saved.vectors = malloc(machine_vectors_size());
	at = mmap(NULL, GUARD + STACK, PROT_NONE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (!saved.vectors || at == MAP_FAILED ||
	    mprotect(at + GUARD, STACK, PROT_READ | PROT_WRITE))
		return fail(message, errno, "no memory for a stack for faults: %s",
			    strerror(errno));
	region.start = (uintptr_t)at + GUARD;
	region.end = region.start + STACK;
	guest_fault_start(region.start, region.end, GUARD,
			  block_address(block_header()->fault));
	return guest_memory_add(&runner->memory, &region)
		       ? fail(message, ENOSPC, "too many segments")
		       : 0;
}

/* After a call of an address without code, the guest's return address is on its stack.
 * Code that accesses its own first byte was not called there. */
static uintptr_t jumped_from(const struct end_cause *cause,
			     const struct registers *registers)
{
	uintptr_t top;

	if (registers->pc != cause->address ||
	    !jumpslot_guest_range((void *)registers->pc, 1, JUMPSLOT_EXECUTE) ||
	    jumpslot_guest_copy_in(&top, (void *)registers->sp, sizeof(top)) ||
	    jumpslot_guest_range((void *)top, 1, JUMPSLOT_EXECUTE))
		return 0;
	return top;
}

/* Calls the guest's handler, if there is one for this fault. */
static bool enter_handler(struct end_cause *cause, uint32_t kind,
			  struct registers *registers)
{
	const struct fault_cause fault = {
		.kind = kind,
		.address = cause_has_address(cause) ? cause->address : 0,
	};

	if (!guest_fault_is_set() || calls_in_progress() || block_has(registers->pc))
		return false;
	cause->handler = guest_fault_enter(&fault, registers);
	if (cause->handler != OUTCOME_HANDLER_NONE)
		return false;
	saved.cause = *cause;
	machine_get_vectors(saved.vectors);
	machine_set_user_mode();
	machine_set(registers);
	return true;
}

/* Names what the code inside stops for, by an undefined instruction; or a fault of the
 * way back from an interrupt handler. */
static void name_place(struct end_cause *cause, uintptr_t pc)
{
	const uint32_t stop = cause->signal == SIGILL ? block_stop(pc) : 0;

	if (stop)
		cause->kind = stop;
	else if (block_is_returning(pc))
		cause->kind = OUTCOME_FRAME;
}

/* SYSCALL leads there, where the processor has it. It is as undefined as elsewhere. CX is
 * the address after it. */
static void undo_syscall(struct registers *registers, struct tables_exception *exception)
{
	registers->pc = registers->general.cx - SYSCALL_SIZE;
	registers->flags = registers_flags_at_syscall(registers);
	exception->pc = registers->pc;
	exception->vector = UNDEFINED;
}

static bool is_int_at(uintptr_t pc)
{
	uint8_t byte;

	return !jumpslot_guest_copy_in(&byte, (const void *)pc, sizeof(byte)) &&
	       byte == INT;
}

/*
 * KVM repeats an INT whose exception it had to interrupt: the first time, the pages of
 * table and stack are not mapped yet. Where the processor has no NRIPS (AMD), it moves to
 * the next instruction before, so the exception comes there.
 */
static void undo_int(struct registers *registers, struct tables_exception *exception)
{
	if (exception->vector != PROTECTION ||
	    (exception->code & CODE_KIND) != CODE_INT || is_int_at(registers->pc) ||
	    !is_int_at(registers->pc - INT_SIZE))
		return;
	registers->pc -= INT_SIZE;
	exception->pc = registers->pc;
}

/* Shows gdb the guest as it was at the exception. Returns whether the guest goes on. */
static bool gdb_takes(const struct end_cause *cause,
		      const struct tables_exception *exception,
		      struct registers *registers)
{
	bool goes_on;

	if (session_descriptor() < 0)
		return false;
	if (session_is_stepping())
		registers->flags &= ~(uintptr_t)TF;
	machine_set_user_mode();
	machine_set(registers);
	goes_on = session_faulted(cause->signal, exception->vector);
	machine_get(registers);
	return goes_on;
}

/* As a process has it whose file became shorter than its mapping. */
void faults_no_memory(void)
{
	end_by(&(struct end_cause){
		.kind = OUTCOME_SIGNAL, .signal = SIGBUS, .code = SI_KERNEL });
}

void faults_serve(void)
{
	struct tables_exception exception;
	struct registers registers;
	struct end_cause cause;
	struct message message;
	const struct machine_place place = machine_get_place(&registers);

	if (!tables_exception(&place, &exception)) {
		machine_describe(&message);
		end_failed(&message);
	}
	registers.pc = (uintptr_t)exception.pc;
	registers.sp = (uintptr_t)exception.sp;
	registers.flags = (uintptr_t)exception.flags;
	if (exception.pc == LAYOUT_NOWHERE)
		undo_syscall(&registers, &exception);
	undo_int(&registers, &exception);
	cause_find(&cause, &exception);
	name_place(&cause, registers.pc);
	if (gdb_takes(&cause, &exception, &registers))
		return;
	cause.jumped_from = jumped_from(&cause, &registers);
	if (enter_handler(&cause, cause_kind(&cause), &registers))
		return;
	cause.registers = &registers;
	end_by(&cause);
}

/* An interrupt that waited for the level comes where the guest goes on. */
static void restore_level(uint32_t level)
{
	if (vcpu.state)
		vcpu_set_level(level);
}

/* With four levels of page tables. */
static bool is_canonical(uint64_t address)
{
	return (uint64_t)((int64_t)(address << 16) >> 16) == address;
}

/* Some processors refuse to enter a machine at an address that is not canonical. So the
 * guest has the fault that a jump to it gives. */
static void refuse_to_continue(struct registers *registers)
{
	struct end_cause cause = { .kind = OUTCOME_SIGNAL,
				   .signal = SIGSEGV,
				   .code = SI_KERNEL };

	if (enter_handler(&cause, JUMPSLOT_FAULT_ADDRESS, registers))
		return;
	cause.registers = registers;
	end_by(&cause);
}

static void retry(struct registers *registers, uint32_t level)
{
	machine_set_vectors(saved.vectors);
	machine_set(registers);
	restore_level(level);
	if (!is_canonical(registers->pc))
		refuse_to_continue(registers);
}

void faults_decide(uintptr_t sp)
{
	struct registers registers;
	struct fault_answer answer;

	machine_get(&registers);
	registers.sp = sp;
	if (calls_in_progress() || !saved.vectors ||
	    !guest_fault_answer(&registers, &answer))
		end_by(&(struct end_cause){ .kind = OUTCOME_SIGNAL,
					    .handler = OUTCOME_HANDLER_ORDER,
					    .signal = SIGILL,
					    .code = ILL_ILLOPN,
					    .address = registers.pc,
					    .registers = &registers });
	switch (answer.decision) {
	case JUMPSLOT_FAULT_RETRY:
		retry(&registers, answer.level);
		return;
	case JUMPSLOT_FAULT_STOP:
		host_stack_leave(answer.status);
	case JUMPSLOT_FAULT_RESTART_COLD:
	case JUMPSLOT_FAULT_RESTART_WARM:
		reset_request(answer.decision == JUMPSLOT_FAULT_RESTART_WARM);
		host_stack_leave(0);
	}
	saved.cause.registers = &registers;
	end_by(&saved.cause);
}
