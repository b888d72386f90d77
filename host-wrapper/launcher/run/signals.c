/* A signalfd, and a set for the next runner. See signals.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "restart.h"
#include "signals.h"

/* Signals that the supervisor passes on to the guest. */
static const int passed_on[] = { SIGTERM, SIGHUP, SIGUSR1, SIGINT, SIGQUIT };
/* Signals that it serves itself. */
static const int served[] = { SIGNALS_SHOW_VCPU, SIGTSTP, SIGCONT };
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void add_all(sigset_t *set, const int *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		sigaddset(set, numbers[i]);
}

static sigset_t guests_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	add_all(&set, passed_on, COUNT(passed_on));
	return set;
}

int signals_block(struct signals *signals, bool keys_reach, struct message *message)
{
	signals->keys_reach = keys_reach;
	sigemptyset(&signals->missed);
	signals->mask = guests_signals();
	add_all(&signals->mask, served, COUNT(served));
	signals->fd = signalfd(-1, &signals->mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals->fd < 0)
		return fail(message, errno, "no descriptor for signals: %s",
			    strerror(errno));
	sigprocmask(SIG_BLOCK, &signals->mask, &signals->old);
	return 0;
}

bool signals_take(const sigset_t *mask, struct signals_one *one)
{
	const struct timespec no_time = { 0 };
	sigset_t others = *mask, pending;
	siginfo_t info;

	sigdelset(&others, SIGTSTP);
	if (sigtimedwait(&others, &info, &no_time) > 0) {
		*one = (struct signals_one){ info.si_signo, info.si_code == SI_KERNEL };
		return true;
	}
	*one = (struct signals_one){ .number = SIGTSTP };
	sigpending(&pending);
	return sigismember(mask, SIGTSTP) && sigismember(&pending, SIGTSTP);
}

void signals_stop(void)
{
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, NULL);
	sigprocmask(SIG_BLOCK, &stop, NULL);
}

bool signals_next(const struct signals *signals, struct signals_one *one)
{
	return signals_take(&signals->mask, one);
}

/* A runner that has asked for a restart may not take signals any more. */
static void note_missed(struct signals *signals, int number,
			const struct outcome *outcome)
{
	if (restart_is_wanted(outcome))
		sigaddset(&signals->missed, number);
}

void signals_pass_on(struct signals *signals, const struct signals_one *one, pid_t runner,
		     const struct outcome *outcome)
{
	const sigset_t guests = guests_signals();

	if (!sigismember(&guests, one->number))
		return;
	if (!one->from_kernel || !signals->keys_reach)
		kill(runner, one->number);
	note_missed(signals, one->number, outcome);
}

void signals_keep_pending(struct signals *signals)
{
	const struct timespec no_time = { 0 };
	const sigset_t guests = guests_signals();
	int number;

	while ((number = sigtimedwait(&guests, NULL, &no_time)) > 0)
		sigaddset(&signals->missed, number);
}

/* A key that comes after the runner's start signals the runner too, and is read later as
 * the kernel's. So each key counts once. */
void signals_pass_kept(struct signals *signals, pid_t runner,
		       const struct outcome *outcome)
{
	const sigset_t kept = signals->missed;

	sigemptyset(&signals->missed);
	for (size_t i = 0; i < COUNT(passed_on); i++)
		if (sigismember(&kept, passed_on[i])) {
			kill(runner, passed_on[i]);
			note_missed(signals, passed_on[i], outcome);
		}
}

void signals_keep_blocked(struct signals *signals, const struct outcome *outcome)
{
	for (size_t i = 0; i < COUNT(passed_on); i++)
		if (outcome->blocked >> passed_on[i] & 1)
			sigaddset(&signals->missed, passed_on[i]);
}

void signals_restore(struct signals *signals)
{
	const struct timespec no_time = { 0 };

	while (sigtimedwait(&signals->mask, NULL, &no_time) > 0)
		;
	close(signals->fd);
	/* There is no virtual CPU to show any more, and the report is yet to come. */
	signal(SIGNALS_SHOW_VCPU, SIG_IGN);
	sigprocmask(SIG_SETMASK, &signals->old, NULL);
}
