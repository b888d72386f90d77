/* The signal of interrupts. See kick.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <jumpslot/provider.h>

#include "kick.h"
#include "kvm/machine/machine.h"
#include "runner/clock.h"
#include "runner/services.h"
#include "vcpu/hooks.h"

static struct {
	pid_t process;
	pid_t thread;
} kick;

void kick_start(void)
{
	kick.process = getpid();
	kick.thread = (pid_t)syscall(SYS_gettid);
}

uint64_t kick_monotonic(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SERVICES_SECOND + (uint64_t)now.tv_nsec;
}

bool kick_is_own_thread(void)
{
	return syscall(SYS_gettid) == kick.thread;
}

void kick_raise(int number)
{
	syscall(SYS_tgkill, kick.process, syscall(SYS_gettid), number);
}

JUMPSLOT_STATE(interrupts, "(interrupts)",
	       JUMPSLOT_ALLOW_IF("tgkill", JUMPSLOT_ARG_PROCESS(0),
				 JUMPSLOT_ARG(2, KICK_SIGNAL)))

void vcpu_kick(void)
{
	syscall(SYS_tgkill, kick.process, kick.thread, KICK_SIGNAL);
}

void kick_block(sigset_t *old)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, KICK_SIGNAL);
	sigaddset(&signals, SIGIO); /* of the session with gdb */
	sigprocmask(SIG_BLOCK, &signals, old);
}

/* A signal to the process may arrive on any of its threads. */
static void on_kick(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	if (info->si_code == SI_TIMER)
		clock_expired(1 + (uint32_t)info->si_overrun);
	if (kick_is_own_thread())
		machine_kick();
	else
		vcpu_kick();
}

int kick_catch(struct message *message)
{
	struct sigaction action = {
		.sa_sigaction = on_kick,
		.sa_flags = SA_SIGINFO | SA_RESTART,
	};

	sigfillset(&action.sa_mask);
	if (sigaction(KICK_SIGNAL, &action, NULL))
		return fail(message, errno, "interrupts: %s", strerror(errno));
	return 0;
}

void kick_event(struct sigevent *event)
{
	*event = (struct sigevent){
		.sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = KICK_SIGNAL,
	};
	event->_sigev_un._tid = kick.thread;
}
