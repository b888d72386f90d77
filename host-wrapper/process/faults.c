/*
 * One handler for all fault signals. A fault is either mended, or described for the
 * supervisor, if there is one, and raised again: by the time that the handler returns the
 * action is back at its default, and the signal ends the process. See faults.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <x86intrin.h>

#include "context.h"
#include "faults.h"
#include "gate_fault.h"
#include "guest.h"
#include "guest_memory.h"
#include "load.h"

#define HANDLER_STACK 0x10000
#define FLAGS_AC      0x40000

static const int fault_signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP };

/* The resolver stopped: no such entry, or nobody has that function. */
static void describe_unbound(struct outcome *outcome, const void *context)
{
	uintptr_t entry = context_resolver_entry(context);
	uintptr_t offset = entry - guest.resolver.imports;

	outcome->pc = context_resolver_caller(context);
	outcome->address = entry;
	outcome->kind = OUTCOME_BAD_ENTRY;
	if (offset % JUMPSLOT_RESOLVER_STRIDE ||
	    offset / JUMPSLOT_RESOLVER_STRIDE >= guest.resolver.count)
		return;
	outcome->import = (uint32_t)(offset / JUMPSLOT_RESOLVER_STRIDE);
	outcome->kind = OUTCOME_UNPROVIDED;
}

static uint32_t kind_of(const siginfo_t *info)
{
	const struct guest_region *region = guest_memory_find((uintptr_t)info->si_addr);

	if (info->si_signo == SIGBUS && info->si_code == BUS_ADRERR && region &&
	    region->from_file)
		return OUTCOME_FILE_CUT;
	return OUTCOME_SIGNAL;
}

static void describe(struct outcome *outcome, const siginfo_t *info, const void *context)
{
	outcome->signal = info->si_signo;
	outcome->code = info->si_code;
	outcome->base = guest.base;
	outcome->stack_low = guest.stack_low;
	outcome->stack_guard = LOAD_GUARD;
	if (info->si_signo == SIGILL &&
	    context_pc(context) == (uintptr_t)jumpslot_resolver_fault) {
		describe_unbound(outcome, context);
	} else {
		outcome->pc = context_pc(context);
		outcome->address = (uintptr_t)info->si_addr;
		outcome->kind = kind_of(info);
	}
	gate_fault_describe(outcome, info, context);
}

static void on_fault(int number, siginfo_t *info, void *context)
{
	const struct sigaction by_default = { .sa_handler = SIG_DFL };

	/* A guest's that checks alignment would have us fault. */
	__writeeflags(__readeflags() & ~(unsigned)FLAGS_AC);
	if (gate_fault_mend(info, context))
		return;
	sigaction(number, &by_default, NULL);
	if (guest.outcome)
		describe(guest.outcome, info, context);
	raise(number); /* waits until this returns */
}

int faults_catch(struct message *message)
{
	struct sigaction action = {
		.sa_sigaction = on_fault,
		.sa_flags = SA_SIGINFO | SA_ONSTACK,
	};
	stack_t stack = { .ss_size = HANDLER_STACK };
	sigset_t faults;

	stack.ss_sp = mmap(NULL, stack.ss_size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stack.ss_sp == MAP_FAILED || sigaltstack(&stack, NULL))
		return fail(message, errno, "no stack for signals: %s", strerror(errno));
	sigemptyset(&faults);
	for (size_t i = 0; i < sizeof(fault_signals) / sizeof(*fault_signals); i++) {
		sigaction(fault_signals[i], &action, NULL);
		sigaddset(&faults, fault_signals[i]);
	}
	/* Whoever started us may have blocked them; a fault would then just kill. */
	sigprocmask(SIG_UNBLOCK, &faults, NULL);
	return 0;
}
