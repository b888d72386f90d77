/*
 * One handler for all fault signals. The gate recovers from a fault, or the guest handles
 * it, or this file describes it for the supervisor and raises it again: the action is the
 * default one by then, so the signal ends the process when the handler returns. See
 * faults.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <jumpslot/provider.h>

#include "common/code_table_x86.h"
#include "common/privileged.h"
#include "fault_cause.h"
#include "fault_handler.h"
#include "faults.h"
#include "process/calls/gate.h"
#include "process/calls/gate_fault.h"
#include "process/guest_stack.h"
#include "process/interrupts/kick.h"
#include "process/signals/context.h"
#include "process/signals/flags_x86.h"
#include "process/signals/segments_x86.h"
#include "runner/bindings.h"
#include "resolver/resolver.h"
#include "runner/current.h"
#include "runner/guest_fault.h"
#include "runner/load.h"
#include "vcpu/vcpu.h"

#define HANDLER_STACK 0x10000
#define BY_SECCOMP    1 /* si_code of SIGSYS: SYS_SECCOMP, which libc does not define */

/* SIGXCPU comes from the supervisor, which asks where the guest is when its time is up,
 * and from a limit on processor time. */
static const int fault_signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE,
				     SIGTRAP, SIGSYS, SIGXCPU };

/* The resolver stopped: there is no such entry, or its function is missing. */
static void describe_unbound(struct outcome *outcome, const void *context)
{
	uintptr_t entry = context_resolver_entry(context);
	uintptr_t offset =
		entry - (uintptr_t)current_pointer(current->plan->imports_address);
	const uintptr_t *caller =
		context_resolver_caller(context, gate.state == GATE_RESOLVING);

	outcome->pc = outcome->guest_pc = *caller;
	outcome->guest_sp = (uintptr_t)(caller + 1);
	outcome->address = entry;
	outcome->kind = OUTCOME_BAD_ENTRY;
	if (offset % JUMPSLOT_RESOLVER_STRIDE ||
	    offset / JUMPSLOT_RESOLVER_STRIDE >= current->plan->imports.count)
		return;
	outcome->detail = (uint32_t)(offset / JUMPSLOT_RESOLVER_STRIDE);
	outcome->kind = OUTCOME_UNPROVIDED;
}

static uint32_t kind_of(const siginfo_t *info, uintptr_t pc)
{
	const struct guest_region *region = current_region((uintptr_t)info->si_addr);

	if (info->si_code > 0 && code_range_find(CODE_RETURNING, pc).end)
		return OUTCOME_FRAME;
	if (info->si_signo == SIGBUS && info->si_code == BUS_ADRERR && region &&
	    region->from_file)
		return OUTCOME_FILE_CUT;
	return OUTCOME_SIGNAL;
}

/* The kernel says which call the filter refused. */
static void describe_syscall(struct outcome *outcome, const siginfo_t *info)
{
	if (info->si_signo != SIGSYS || info->si_code != BY_SECCOMP)
		return;
	outcome->kind = OUTCOME_SYSCALL;
	outcome->detail = (uint32_t)info->si_syscall;
	outcome->address = info->si_arch;
}

static void describe_privileged(struct outcome *outcome, const siginfo_t *info,
				const void *context)
{
	uint32_t number = fault_privileged(info, context_pc(context));

	if (number == PRIVILEGED_NONE)
		return;
	outcome->kind = OUTCOME_PRIVILEGED;
	outcome->detail = number;
}

/* After a call of an address without code, the guest's return address is on its stack. */
static uintptr_t jumped_from(const siginfo_t *info, const void *context)
{
	const uintptr_t *top = (const uintptr_t *)context_sp(context);

	if (context_pc(context) != (uintptr_t)info->si_addr ||
	    fault_is_own_access(info, context) ||
	    jumpslot_guest_range(top, sizeof(*top), JUMPSLOT_READ) ||
	    jumpslot_guest_range((const void *)*top, 1, JUMPSLOT_EXECUTE))
		return 0;
	return *top;
}

static void describe_place(struct outcome *outcome, const siginfo_t *info,
			   const void *context)
{
	if (info->si_signo == SIGILL &&
	    context_pc(context) == (uintptr_t)jumpslot_resolver_fault) {
		describe_unbound(outcome, context);
		return;
	}
	outcome->pc = context_pc(context);
	outcome->address = (uintptr_t)info->si_addr;
	outcome->is_access = fault_is_own_access(info, context);
	outcome->jumped_from = jumped_from(info, context);
	if (outcome->jumped_from) {
		outcome->guest_pc = outcome->jumped_from;
		outcome->guest_sp += sizeof(uintptr_t);
	}
	outcome->kind = kind_of(info, context_pc(context));
	describe_privileged(outcome, info, context);
	describe_syscall(outcome, info);
}

static void describe_registers(struct outcome *outcome, const void *context)
{
	struct registers registers;

	context_read(context, &registers);
	fault_read_registers(&outcome->registers, &registers);
	outcome->guest_pc = registers.pc;
	outcome->guest_sp = registers.sp;
	outcome->guest_bp = registers.general.bp;
}

/* Copies what is in use of the guest's stack, for a backtrace. Last, in case the guest
 * has unmapped a part of it. */
static void copy_stack(struct outcome *outcome)
{
	const size_t guard = LOAD_GUARD, max = OUTCOME_STACK_MAX;
	uintptr_t start = (uintptr_t)outcome->guest_sp;
	const struct guest_region *region;

	/* A frame that did not fit ends below the stack. */
	if (start < current->stack.start && current->stack.start - start <= guard)
		start = current->stack.start;
	region = current_region(start);
	if (!region || !(region->access & JUMPSLOT_READ))
		return;
	outcome->stack_start = start;
	outcome->stack_size =
		(uint32_t)(region->end - start < max ? region->end - start : max);
	guest_stack_copy((char *)outcome + OUTCOME_STACK_OFFSET, (const void *)start,
			 outcome->stack_size);
}

static void describe(struct outcome *outcome, const siginfo_t *info, const void *context)
{
	describe_registers(outcome, context);
	outcome->signal = info->si_signo;
	outcome->code = info->si_code;
	outcome->base = current->base;
	outcome->stack_low = current->stack.start;
	outcome->stack_guard = LOAD_GUARD;
	describe_place(outcome, info, context);
	gate_fault_describe(outcome, info, context);
}

static void describe_vcpu(struct outcome *outcome)
{
	bindings_note();
	if (vcpu.state)
		outcome->vcpu = *vcpu.state;
}

/* Every runner needs these; the signals are those that end it. SIGSYS is not among them:
 * a call that is refused while its handler runs ends the process by it. */
#define NEEDS_SIGNAL(signal)                                                             \
	JUMPSLOT_ALLOW_IF("rt_sigaction", JUMPSLOT_ARG(0, signal)),                      \
		JUMPSLOT_ALLOW_IF("tgkill", JUMPSLOT_ARG_PROCESS(0),                     \
				  JUMPSLOT_ARG(2, signal))
JUMPSLOT_SYSCALLS_ALWAYS(JUMPSLOT_ALLOW("exit_group"), JUMPSLOT_ALLOW("rt_sigreturn"),
			 JUMPSLOT_ALLOW("gettid"), NEEDS_SIGNAL(SIGSEGV),
			 NEEDS_SIGNAL(SIGBUS), NEEDS_SIGNAL(SIGILL), NEEDS_SIGNAL(SIGFPE),
			 NEEDS_SIGNAL(SIGTRAP), NEEDS_SIGNAL(SIGXCPU),
			 JUMPSLOT_ALLOW_IF("rt_sigprocmask",
					   JUMPSLOT_ARG(0, SIG_UNBLOCK)))

/* Not raise(): the sandbox allows these calls, and libc may prefer others. */
static void raise_here(int number)
{
	pid_t process = kick.process ? kick.process : getpid();

	syscall(SYS_tgkill, process, syscall(SYS_gettid), number);
}

/* `segments`: the segment registers that the guest changed, which explain any fault. */
static void end(const siginfo_t *info, const void *context, uint32_t segments,
		uint32_t handler)
{
	const struct sigaction by_default = { .sa_handler = SIG_DFL };

	/* A further fault ends the process. Of SIGSYS, this call would. */
	if (info->si_signo != SIGSYS)
		sigaction(info->si_signo, &by_default, NULL);
	if (current->outcome) {
		describe(current->outcome, info, context);
		describe_vcpu(current->outcome);
		current->outcome->handler = handler;
	}
	if (current->outcome && segments) {
		current->outcome->kind = OUTCOME_SEGMENTS;
		current->outcome->detail = segments;
	}
	if (current->outcome)
		copy_stack(current->outcome);
	if (info->si_signo == SIGSYS)
		sigaction(info->si_signo, &by_default, NULL);
	raise_here(info->si_signo); /* blocked until the handler returns */
}

/* A fault on the guest's thread. */
static void fault(const siginfo_t *info, void *context)
{
	siginfo_t ended = *info;
	uint32_t handler;

	if (fault_handler_returned(info, context)
		    ? fault_handler_decide(&ended, context, &handler)
		    : fault_handler_enter(info, context, &handler))
		return;
	end(&ended, context, 0, handler);
}

WITHOUT_SEGMENTS static void on_fault(int number, siginfo_t *info, void *context)
{
	const bool is_guests = faults_on_stack(__builtin_frame_address(0));
	uint32_t segments;

	(void)number;
	flags_clear_alignment();
	segments = is_guests ? segments_restore(context) : 0;
	if (gate_fault_recover(info, context))
		return;
	if (is_guests && !segments)
		fault(info, context);
	else
		end(info, context, segments, OUTCOME_HANDLER_NONE);
}

/* `context`: of the guest; NULL: it is in a service, and its registers are not known. */
static void end_by(const struct outcome *cause, const void *context)
{
	const struct sigaction by_default = { .sa_handler = SIG_DFL };
	sigset_t set;

	if (current->outcome) {
		const uint64_t vcpu_address = current->outcome->vcpu_address;

		*current->outcome = *cause;
		current->outcome->vcpu_address = vcpu_address;
		if (context)
			describe_registers(current->outcome, context);
		describe_vcpu(current->outcome);
		copy_stack(current->outcome);
	}
	sigaction(SIGSEGV, &by_default, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGSEGV);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise_here(SIGSEGV);
}

/* A fault that no process sent, without an address. */
static struct outcome cause_of(uintptr_t pc, uint32_t kind, uint32_t detail)
{
	return (struct outcome){
		.kind = kind,
		.signal = SIGSEGV,
		.code = SI_KERNEL,
		.base = current->base,
		.pc = pc,
		.detail = detail,
		.host_import = OUTCOME_NO_IMPORT,
		.last_import = OUTCOME_NO_IMPORT,
	};
}

void faults_end_stack_full(uintptr_t pc, uintptr_t sp, uintptr_t near, size_t bytes)
{
	struct outcome cause = cause_of(pc, OUTCOME_TASK_STACK, (uint32_t)bytes);

	cause.address = cause.guest_sp = sp;
	cause.jumped_from = near;
	cause.guest_pc = near ? near : pc;
	end_by(&cause, NULL);
}

void faults_end_denied(uint32_t import, uint32_t rule, uintptr_t pc, uintptr_t sp,
		       uintptr_t bp)
{
	struct outcome cause = cause_of(pc, OUTCOME_DENIED, import);

	cause.address = rule;
	cause.guest_pc = pc;
	cause.guest_sp = sp;
	cause.guest_bp = bp;
	end_by(&cause, NULL);
}

void faults_end(uint32_t kind, uint32_t detail, const void *context)
{
	const struct outcome cause = cause_of(context_pc(context), kind, detail);

	end_by(&cause, context);
}

static const char *handlers_stack;

bool faults_on_stack(const void *here)
{
	return (uintptr_t)here - (uintptr_t)handlers_stack < HANDLER_STACK;
}

int faults_catch(struct message *message)
{
	struct sigaction action = {
		.sa_sigaction = on_fault,
		.sa_flags = SA_SIGINFO | SA_ONSTACK,
	};
	stack_t stack = { .ss_size = HANDLER_STACK };
	sigset_t faults;

	sigfillset(&action.sa_mask); /* all handlers share one stack */
	stack.ss_sp = mmap(NULL, stack.ss_size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stack.ss_sp == MAP_FAILED || sigaltstack(&stack, NULL))
		return fail(message, errno, "no stack for signals: %s", strerror(errno));
	handlers_stack = stack.ss_sp;
	sigemptyset(&faults);
	sigaddset(&faults, GATE_INTERRUPT);
	for (size_t i = 0; i < sizeof(fault_signals) / sizeof(*fault_signals); i++) {
		sigaction(fault_signals[i], &action, NULL);
		sigaddset(&faults, fault_signals[i]);
	}
	/* The parent process may have blocked them: a fault would end the process without
	   a report, and no interrupt would arrive. */
	sigprocmask(SIG_UNBLOCK, &faults, NULL);
	return 0;
}
