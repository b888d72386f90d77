/* One child, its time-out, its signals and its terminal. See supervise.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/exit_status.h"
#include "common/memory_file.h"
#include "supervise.h"
#include "terminal.h"
#include "terminal_keeper.h"
#include "vcpu_report.h"

/* Signals that the supervisor passes on to the guest. */
static const int passed_on[] = { SIGTERM, SIGHUP, SIGUSR1, SIGINT, SIGQUIT };
/* Asks for the state of the virtual CPU. */
#define SHOW_VCPU SIGUSR2
/* How long the job may be in the foreground before the terminal is raw. */
#define TERMINAL_LOOK_NS 100000000u
#define COUNT(array)	 (sizeof(array) / sizeof(*(array)))

/* The supervisor's state. */
struct watch {
	const struct run *run;
	const struct outcome *outcome; /* the page that the runner reports through */
	struct terminal *terminal;     /* NULL: --raw does not apply */
	struct terminal_keeper keeper; /* of the terminal, if there is one */
	pid_t child;
	sigset_t mask; /* blocked, and waited for */
	sigset_t old;  /* the mask before, and of the runner */
};

/* Replaces this process; `outcome` is -1 without a supervisor. */
static int exec_runner(const struct run *run, int outcome, struct message *message)
{
	int inherited[] = { run->plan, run->guest, outcome };
	char text[COUNT(inherited)][16];
	char *argv[] = { (char *)run->runner, text[0], text[1], text[2], NULL };

	for (size_t i = 0; i < COUNT(inherited); i++) {
		snprintf(text[i], sizeof(text[i]), "%d", inherited[i]);
		if (inherited[i] >= 0)
			fcntl(inherited[i], F_SETFD, 0);
	}
	execv(run->runner, argv);
	return fail(message, errno, "the runner %s cannot be started: %s", run->runner,
		    strerror(errno));
}

int run_in_place(const struct run *run, struct message *message)
{
	return exec_runner(run, -1, message);
}

/* SIGTSTP and SIGCONT matter only if there is a terminal to restore. */
static void block_signals(struct watch *watch)
{
	sigemptyset(&watch->mask);
	sigaddset(&watch->mask, SIGCHLD);
	sigaddset(&watch->mask, SHOW_VCPU);
	for (size_t i = 0; i < COUNT(passed_on); i++)
		sigaddset(&watch->mask, passed_on[i]);
	if (watch->terminal) {
		sigaddset(&watch->mask, SIGTSTP);
		sigaddset(&watch->mask, SIGCONT);
	}
	sigprocmask(SIG_BLOCK, &watch->mask, &watch->old);
}

static void become_child(const struct watch *watch, int outcome, pid_t parent)
{
	struct message message;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILED);
	sigprocmask(SIG_SETMASK, &watch->old, NULL);
	exec_runner(watch->run, outcome, &message);
	message_print(NULL, &message);
	_exit(EXIT_FAILED);
}

static uint64_t now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* Waits for one of the signals. Returns it, or 0 after the deadline. */
static int next_signal(const sigset_t *mask, uint64_t deadline, siginfo_t *info)
{
	for (;;) {
		uint64_t now = now_ns();
		uint64_t rest = deadline > now ? deadline - now : 0;
		struct timespec wait = { .tv_sec = (time_t)(rest / 1000000000u),
					 .tv_nsec = (long)(rest % 1000000000u) };
		int number = sigtimedwait(mask, info, deadline ? &wait : NULL);

		if (number > 0)
			return number;
		if (errno == EAGAIN)
			return 0;
	}
}

/* The kernel sends signals of the terminal's keys to the whole job, the guest included.
 */
static void pass_on(pid_t child, const siginfo_t *info)
{
	for (size_t i = 0; i < COUNT(passed_on); i++)
		if (info->si_signo == passed_on[i] && info->si_code != SI_KERNEL)
			kill(child, info->si_signo);
}

static void show_vcpu(const struct watch *watch)
{
	struct jumpslot_vcpu_state state;

	if (vcpu_report_read(watch->child, watch->outcome, &state))
		vcpu_report_print(&state, watch->run->shown);
	fflush(watch->run->shown);
}

static void go_on(const struct watch *watch)
{
	terminal_enter(watch->terminal);
	kill(watch->child, SIGCONT);
}

/* Returns after SIGCONT; or at once in an orphaned process group, which the kernel does
 * not stop. */
static void stop_self(void)
{
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, NULL);
	sigprocmask(SIG_BLOCK, &stop, NULL);
}

/* The runner may ignore the SIGTSTP that the terminal sent to it, so SIGSTOP it. */
static void stop(const struct watch *watch)
{
	kill(watch->child, SIGSTOP);
	terminal_leave(watch->terminal);
	stop_self();
	go_on(watch);
}

static void serve(const struct watch *watch, const siginfo_t *info)
{
	switch (info->si_signo) {
	case SHOW_VCPU:
		show_vcpu(watch);
		break;
	case SIGTSTP:
		stop(watch);
		break;
	case SIGCONT:
		go_on(watch);
		break;
	default:
		pass_on(watch->child, info);
	}
}

static void time_out(const struct watch *watch, struct run_result *result)
{
	result->timed_out = true;
	vcpu_report_read(watch->child, watch->outcome, &result->outcome.vcpu);
	kill(watch->child, SIGKILL);
	waitpid(watch->child, &result->status, 0);
}

/* Returns when to act although no signal came; 0: never. */
static uint64_t next_look(const struct watch *watch, uint64_t deadline)
{
	uint64_t look = now_ns() + TERMINAL_LOOK_NS;

	if (!terminal_is_awaited(watch->terminal))
		return deadline;
	return deadline && deadline < look ? deadline : look;
}

static void wait_for_end(const struct watch *watch, struct run_result *result)
{
	uint64_t timeout = watch->run->timeout_ns;
	uint64_t deadline = timeout ? now_ns() + timeout : 0;

	while (waitpid(watch->child, &result->status, WNOHANG) == 0) {
		siginfo_t info;

		if (next_signal(&watch->mask, next_look(watch, deadline), &info))
			serve(watch, &info);
		else if (deadline && now_ns() >= deadline)
			return time_out(watch, result);
		else
			terminal_enter(watch->terminal);
	}
}

/* A signal for a guest that has ended must not end us before we report the end. */
static void drop_signals(const sigset_t *mask)
{
	const struct timespec no_time = { 0 };

	while (sigtimedwait(mask, NULL, &no_time) > 0)
		;
}

/* Creates the page that the runner reports through. Returns its descriptor. */
static int share_outcome(const struct outcome **outcome, struct message *message)
{
	int fd = memory_file_create("the outcome", sizeof(**outcome), message);
	void *at;

	if (fd < 0)
		return fd;
	at = mmap(NULL, sizeof(**outcome), PROT_READ, MAP_SHARED, fd, 0);
	/* Unsealed, a guest that opens it through /proc could truncate it under us. */
	if (at == MAP_FAILED ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))
		return fail(message, errno, "no memory to share with the runner: %s",
			    strerror(errno));
	*outcome = at;
	return fd;
}

static int run_child(struct watch *watch, int outcome, struct run_result *result,
		     struct message *message)
{
	pid_t self = getpid();

	watch->child = fork();
	if (watch->child < 0)
		return fail(message, errno, "no process for the runner: %s",
			    strerror(errno));
	if (watch->child == 0)
		become_child(watch, outcome, self);
	wait_for_end(watch, result);
	if (!result->timed_out)
		result->outcome = *watch->outcome;
	return 0;
}

static void close_terminal(const struct watch *watch)
{
	terminal_leave(watch->terminal);
	terminal_keeper_end(&watch->keeper);
	terminal_close(watch->terminal);
}

static int open_terminal(struct watch *watch, struct message *message)
{
	int error = terminal_open(&watch->terminal, message);

	if (!error && watch->terminal)
		error = terminal_keeper_start(&watch->keeper, watch->terminal, message);
	return error;
}

int supervise(const struct run *run, struct run_result *result, struct message *message)
{
	struct watch watch = { .run = run };
	int fd = share_outcome(&watch.outcome, message);
	int error;

	if (fd < 0)
		return fd;
	*result = (struct run_result){ 0 };
	signal(SIGCHLD, SIG_DFL); /* ignored, the child would leave no status */
	error = run->raw ? open_terminal(&watch, message) : 0;
	if (error)
		return error;
	block_signals(&watch);
	terminal_enter(watch.terminal);
	error = run_child(&watch, fd, result, message);
	close_terminal(&watch);
	munmap((void *)watch.outcome, sizeof(*watch.outcome));
	close(fd);
	drop_signals(&watch.mask);
	sigprocmask(SIG_SETMASK, &watch.old, NULL);
	return error;
}
