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
	*(void **)&libc_sigmask = dlsym(RTLD_NEXT, "pthread_sigmask"); /* not async-signal-safe */
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

/* The mask changed: every gate that is open is to look closer, and every next one. */
static void note(uint64_t mask)
{
	struct gate_record *record = (struct gate_record *)gate.state;

	if (gate.host_errno != &errno || gate.state & GATE_IN_CALLBACK)
		return; /* another thread's, or the guest's */
	if (record && record->function->blocking)
		mask &= ~(1ull << (GATE_INTERRUPT_SIGNAL - 1));
	gate.host_mask = mask;
	gate.masks_differ = mask != gate.guest_mask;
	if (gate.masks_differ)
		gate.expected = GATE_NEVER;
	if (record)
		record->expected = GATE_NEVER;
}

int pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
	int error;

	if (!libc_sigmask) /* a library's constructor, before main() */
		find_libc_sigmask();
	error = libc_sigmask(how, set, old);
	if (!error && set)
		note(current_mask());
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
