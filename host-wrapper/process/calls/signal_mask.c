/* pthread_sigmask() and sigprocmask() that tell the gate. See signal_mask.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "gate.h"
#include "signal_mask.h"

/* The kernel's signals, of which a sigset_t has more. */
typedef uint64_t kernel_mask;

/* Signals that libc sends to its threads, to cancel them and to change their identity. */
#define LIBC_SIGNALS ((kernel_mask)3 << 31)

/* Returns 0 or an error number. A system call: libc's pthread_sigmask() has this name
 * too. */
static int set_mask(int how, const kernel_mask *set, kernel_mask *old)
{
	int kept = errno;
	int error = syscall(SYS_rt_sigprocmask, how, set, old, sizeof(*set)) ? errno : 0;

	errno = kept;
	return error;
}

void signal_mask_start(void)
{
	kernel_mask now = 0;

	set_mask(SIG_SETMASK, NULL, &now);
	gate.host_errno = &errno;
	gate.guest_mask = gate.host_mask = now;
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
	record->control |= GATE_NEVER;
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
	kernel_mask new_mask, old_mask;
	sigset_t allowed;
	int error;

	if (set) {
		allowed = how == SIG_UNBLOCK ? *set : without_faults(*set);
		memcpy(&new_mask, &allowed, sizeof(new_mask));
		new_mask &= ~LIBC_SIGNALS;
	}
	error = set_mask(how, set ? &new_mask : NULL, old ? &old_mask : NULL);
	if (error)
		return error;
	if (old)
		memcpy(old, &old_mask, sizeof(old_mask));
	if (set)
		note();
	return 0;
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	int error = pthread_sigmask(how, set, old);

	if (!error)
		return 0;
	errno = error;
	return -1;
}
