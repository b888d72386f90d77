/* Describes the guest, and raises the signal. See end.h. */
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <jumpslot/provider.h>

#include "common/exit_status.h"
#include "end.h"
#include "kvm/gdb/session.h"
#include "kvm/calls/calls.h"
#include "kvm/interrupts/kick.h"
#include "kvm/machine/machine.h"
#include "runner/bindings.h"
#include "runner/current.h"
#include "runner/guest_fault.h"
#include "runner/load.h"
#include "runner/outcome_share.h"
#include "vcpu/vcpu.h"

/* Every runner needs these; the signals are those that end it. */
#define NEEDS_SIGNAL(signal)                                                             \
	JUMPSLOT_ALLOW_IF("rt_sigaction", JUMPSLOT_ARG(0, signal)),                      \
		JUMPSLOT_ALLOW_IF("tgkill", JUMPSLOT_ARG_PROCESS(0),                     \
				  JUMPSLOT_ARG(2, signal))
JUMPSLOT_SYSCALLS_ALWAYS(JUMPSLOT_ALLOW("exit_group"), JUMPSLOT_ALLOW("rt_sigreturn"),
			 JUMPSLOT_ALLOW("gettid"), NEEDS_SIGNAL(SIGSEGV),
			 NEEDS_SIGNAL(SIGBUS), NEEDS_SIGNAL(SIGILL), NEEDS_SIGNAL(SIGFPE),
			 NEEDS_SIGNAL(SIGTRAP), NEEDS_SIGNAL(SIGXCPU),
			 JUMPSLOT_ALLOW("rt_sigprocmask"), JUMPSLOT_NEEDS_STDERR)

static void describe_registers(struct outcome *outcome, const struct registers *registers)
{
	fault_read_registers(&outcome->registers, registers);
	outcome->guest_pc = registers->pc;
	outcome->guest_sp = registers->sp;
	outcome->guest_bp = registers->general.bp;
}

/* Copies what is in use of the guest's stack, for a backtrace. */
static void copy_stack(struct outcome *outcome)
{
	uintptr_t start = (uintptr_t)outcome->guest_sp;
	const struct guest_region *region;
	size_t size;

	/* A frame that did not fit ends below the stack. */
	if (start < current->stack.start && current->stack.start - start <= LOAD_GUARD)
		start = current->stack.start;
	region = current_region(start);
	if (!region || !(region->access & JUMPSLOT_READ))
		return;
	size = region->end - start;
	if (size > OUTCOME_STACK_MAX)
		size = OUTCOME_STACK_MAX;
	outcome->stack_start = start;
	outcome->stack_size = (uint32_t)size;
	memcpy((char *)outcome + OUTCOME_STACK_OFFSET, (const void *)start, size);
}

static void describe(struct outcome *outcome, const struct end_cause *cause,
		     const struct registers *registers)
{
	*outcome = (struct outcome){
		.kind = cause->kind,
		.signal = cause->signal,
		.code = cause->code,
		.detail = cause->detail,
		.handler = cause->handler,
		.pc = cause->pc ? cause->pc : registers->pc,
		.address = cause->address,
		.jumped_from = cause->jumped_from,
		.is_access = cause->is_access,
		.base = current->base,
		.stack_low = current->stack.start,
		.stack_guard = LOAD_GUARD,
		.vcpu_address = outcome->vcpu_address,
	};
	describe_registers(outcome, registers);
	if (cause->jumped_from) {
		outcome->guest_pc = cause->jumped_from;
		outcome->guest_sp += sizeof(uintptr_t);
	}
	if (vcpu.state)
		outcome->vcpu = *vcpu.state;
	calls_describe(outcome);
	copy_stack(outcome);
}

/* Not raise(): the sandbox allows these calls, and libc may prefer others. */
static void __attribute__((__noreturn__)) raise_default(int number)
{
	const struct sigaction by_default = { .sa_handler = SIG_DFL };
	sigset_t set;

	sigaction(number, &by_default, NULL);
	sigemptyset(&set);
	sigaddset(&set, number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	kick_raise(number);
	_exit(EXIT_FAILED);
}

void end_by(const struct end_cause *cause)
{
	struct registers registers;

	if (cause->registers)
		registers = *cause->registers;
	else
		machine_get(&registers);
	bindings_note();
	if (current->outcome)
		describe(current->outcome, cause, &registers);
	session_killed(cause->signal);
	raise_default(cause->signal);
}

void end_by_doorbell(uintptr_t address)
{
	end_by(&(struct end_cause){
		.kind = OUTCOME_SIGNAL,
		.signal = SIGSEGV,
		.code = SEGV_MAPERR,
		.address = address,
	});
}

void end_failed(const struct message *message)
{
	message_print(plan_string(current->plan, current->plan->name), message);
	session_exited(EXIT_FAILED);
	outcome_note_ended(current->outcome, EXIT_FAILED);
	_exit(EXIT_FAILED);
}
