/* From a signal to the end of the runner. See signals.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include "end.h"
#include "kvm/calls/calls.h"
#include "kvm/calls/host_stack.h"
#include "kvm/interrupts/kick.h"
#include "kvm/machine/guest_registers.h"
#include "runner/page_fault_x86.h"
#include "signals.h"

#define HANDLER_STACK 0x10000
#define BY_SECCOMP    1 /* si_code of SIGSYS: SYS_SECCOMP, which libc does not define */

/* SIGXCPU comes from the supervisor, which asks where the guest is when its time is up,
 * and from a limit on processor time. */
static const int fault_signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE,
				     SIGTRAP, SIGSYS, SIGXCPU };

static bool has_address(const siginfo_t *info)
{
	return (info->si_signo == SIGSEGV || info->si_signo == SIGBUS) &&
	       info->si_code > 0 && info->si_code != SI_KERNEL;
}

/* The kernel says which call the filter refused. */
static void describe_syscall(struct end_cause *cause, const siginfo_t *info)
{
	cause->kind = OUTCOME_SYSCALL;
	cause->detail = (uint32_t)info->si_syscall;
	cause->address = info->si_arch;
}

static void on_fault(int number, siginfo_t *info, void *context)
{
	struct registers registers;
	struct end_cause cause = {
		.kind = OUTCOME_SIGNAL,
		.signal = number,
		.code = info->si_code,
		.address = (uintptr_t)info->si_addr,
		.is_access = has_address(info) && !page_fault_is_fetch(context),
		.registers = &registers,
	};

	registers_from_context(&registers, context);
	/* From outside while the guest runs: its registers tell more. */
	if (info->si_code <= 0 && calls_in_guest() && kick_is_own_thread())
		cause.registers = NULL;
	if (number == SIGSYS && info->si_code == BY_SECCOMP)
		describe_syscall(&cause, info);
	else if (has_address(info) && host_stack_guards(cause.address))
		cause.kind = OUTCOME_HOST_STACK;
	end_by(&cause);
}

int signals_catch(struct message *message)
{
	struct sigaction action = {
		.sa_sigaction = on_fault,
		.sa_flags = SA_SIGINFO | SA_ONSTACK,
	};
	stack_t stack = { .ss_size = HANDLER_STACK };
	sigset_t faults;

	sigfillset(&action.sa_mask);
	stack.ss_sp = mmap(NULL, stack.ss_size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stack.ss_sp == MAP_FAILED || sigaltstack(&stack, NULL))
		return fail(message, errno, "no stack for signals: %s", strerror(errno));
	sigemptyset(&faults);
	sigaddset(&faults, KICK_SIGNAL);
	for (size_t i = 0; i < sizeof(fault_signals) / sizeof(*fault_signals); i++) {
		sigaction(fault_signals[i], &action, NULL);
		sigaddset(&faults, fault_signals[i]);
	}
	/* The parent process may have blocked them. */
	sigprocmask(SIG_UNBLOCK, &faults, NULL);
	return 0;
}
