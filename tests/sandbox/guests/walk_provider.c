/*
 * Counts refused system calls instead of ending the guest. The handler is set before the
 * sandbox: the guest itself may not set one.
 */
#define _GNU_SOURCE
#include <jumpslot/provider.h>
#include <errno.h>
#include <signal.h>
#include <ucontext.h>
#include "walk.h"

EF(walk_record)
JUMPSLOT_SYSCALLS(walk_record, JUMPSLOT_NO_SYSCALLS)

#ifdef __x86_64__
#define PC REG_RIP
#define SP REG_RSP
#else
#define PC REG_EIP
#define SP REG_ESP
#endif

static struct walk_record record;

static void refused(int signal, siginfo_t *info, void *context)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;

	(void)signal;
	record.refused++;
	record.number = info->si_syscall;
	if (record.resume) {
		registers[PC] = (greg_t)record.resume;
		registers[SP] = (greg_t)record.sp;
	}
}

int jumpslot_provider_init(const char *options, char *message, size_t size)
{
	const struct sigaction action = {
		.sa_sigaction = refused,
		.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER,
	};

	(void)options;
	(void)message;
	(void)size;
	return sigaction(SIGSYS, &action, NULL) ? -errno : 0;
}

struct walk_record *walk_record(void)
{
	return &record;
}
