/* pthread_sigmask() and sigprocmask() that tell the gate. See signal_mask.h. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "gate.h"
#include "signal_mask.h"

typedef int set_mask(int how, const sigset_t *set, sigset_t *old);

static set_mask *libc_sigmask;

static void find_libc_sigmask(void)
{
	*(void **)&libc_sigmask =
		dlsym(RTLD_NEXT, "pthread_sigmask"); /* not async-signal-safe */
}

static uint64_t current_mask(void)
{
	uint64_t mask;
	sigset_t now;

	libc_sigmask(SIG_SETMASK, NULL, &now);
	memcpy(&mask, &now, sizeof(mask)); /* the kernel's 64 signals */
	return mask;
}

void signal_mask_start(void)
{
	find_libc_sigmask();
	gate.host_errno = &errno;
	gate.guest_mask = gate.host_mask = current_mask();
}

/* The mask may have changed: the current call's way out asks the kernel. */
static void note(void)
{
	struct gate_record *record = NULL;

	if (gate_is_record(gate.state))
		record = (struct gate_record *)gate.state;
	if (gate.host_errno != &errno || !record)
		return; /* another thread, or no host function of the guest */
	gate.masks_differ = true;
	record->expected = GATE_NEVER;
}

/* A handler reports faults, and recovers from those of the gate. */
static sigset_t without_faults(sigset_t set)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS };

	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++)
		sigdelset(&set, faults[i]);
	return set;
}

int pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
	sigset_t allowed;
	int error;

	if (!libc_sigmask) /* a library's constructor, before main() */
		find_libc_sigmask();
	if (set && how != SIG_UNBLOCK) {
		allowed = without_faults(*set);
		set = &allowed;
	}
	error = libc_sigmask(how, set, old);
	if (!error && set)
		note();
	return error;
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	int error = pthread_sigmask(how, set, old);

	if (!error)
		return 0;
	errno = error;
	return -1;
}
