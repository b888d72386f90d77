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
#include "restart.h"
#include "supervise.h"
#include "terminal.h"
#include "terminal_keeper.h"
#include "vcpu_report.h"

/* Signals that the supervisor passes on to the guest. */
static const int passed_on[] = { SIGTERM, SIGHUP, SIGUSR1, SIGINT, SIGQUIT };
/* Asks for the state of the virtual CPU. */
#define SHOW_VCPU SIGUSR2
/* The longest time of a job in the foreground before the terminal is raw. */
#define TERMINAL_LOOK_NS 100000000u
#define COUNT(array)	 (sizeof(array) / sizeof(*(array)))

/* The supervisor's state. */
struct watch {
	const struct run *run;
	const struct outcome *outcome; /* the page that the runner reports through */
	struct terminal *terminal;     /* NULL: --raw does not apply */
	struct terminal_keeper keeper; /* of the terminal, if there is one */
	struct restart restart;
	pid_t child;
	uint64_t deadline; /* of all runners together; 0: none */
	sigset_t mask;	   /* blocked, and waited for */
	sigset_t old;	   /* the mask before, and of the runner */
	sigset_t missed;   /* came while a runner made way for the next */
};

/* Replaces this process; `outcome` and `work_area` are -1 without a supervisor. */
static int exec_runner(const struct run *run, int outcome, int work_area,
		       struct message *message)
{
	int inherited[] = { run->plan, run->guest, outcome, work_area };
	char text[COUNT(inherited)][16];
	char *argv[] = { (char *)run->runner, text[0], text[1], text[2], text[3], NULL };

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
	return exec_runner(run, -1, -1, message);
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
	sigemptyset(&watch->missed);
	sigprocmask(SIG_BLOCK, &watch->mask, &watch->old);
}

static void become_child(const struct watch *watch, int outcome, pid_t parent)
{
	struct message message;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILED);
	sigprocmask(SIG_SETMASK, &watch->old, NULL);
	exec_runner(watch->run, outcome, watch->restart.work_area, &message);
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

static bool is_passed_on(int number)
{
	for (size_t i = 0; i < COUNT(passed_on); i++)
		if (number == passed_on[i])
			return true;
	return false;
}

/* A runner that has asked for a restart may not take signals any more: then the next
 * runner gets this one. */
static void note_missed(struct watch *watch, int number)
{
	if (restart_is_wanted(watch->outcome))
		sigaddset(&watch->missed, number);
}

/* The kernel sends its own signals, as for a terminal's keys, to the runner as well. */
static void pass_on(struct watch *watch, const siginfo_t *info)
{
	if (!is_passed_on(info->si_signo))
		return;
	if (info->si_code != SI_KERNEL)
		kill(watch->child, info->si_signo);
	note_missed(watch, info->si_signo);
}

/* Gives a new runner the signals that came when there was none. It has them blocked
 * until it becomes the runner, so one that it got by itself as well counts once. */
static void pass_on_missed(struct watch *watch)
{
	const struct timespec no_time = { 0 };
	sigset_t missed = watch->missed, guests;
	int number;

	sigemptyset(&watch->missed);
	sigemptyset(&guests);
	for (size_t i = 0; i < COUNT(passed_on); i++)
		sigaddset(&guests, passed_on[i]);
	while ((number = sigtimedwait(&guests, NULL, &no_time)) > 0)
		sigaddset(&missed, number);
	for (size_t i = 0; i < COUNT(passed_on); i++)
		if (sigismember(&missed, passed_on[i])) {
			kill(watch->child, passed_on[i]);
			note_missed(watch, passed_on[i]);
		}
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

static void serve(struct watch *watch, const siginfo_t *info)
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
		pass_on(watch, info);
	}
}

static void time_out(const struct watch *watch, struct run_result *result)
{
	result->timed_out = true;
	vcpu_report_read(watch->child, watch->outcome, &result->outcome.vcpu);
	kill(watch->child, SIGKILL);
	waitpid(watch->child, &result->status, 0);
	result->outcome.kind = watch->outcome->kind;
}

/* Returns when to act although no signal came; 0: never. */
static uint64_t next_look(const struct watch *watch)
{
	uint64_t look = now_ns() + TERMINAL_LOOK_NS;

	if (!terminal_is_awaited(watch->terminal))
		return watch->deadline;
	return watch->deadline && watch->deadline < look ? watch->deadline : look;
}

static bool is_late(const struct watch *watch)
{
	return watch->deadline && now_ns() >= watch->deadline;
}

static void wait_for_end(struct watch *watch, struct run_result *result)
{
	while (waitpid(watch->child, &result->status, WNOHANG) == 0) {
		siginfo_t info;

		if (next_signal(&watch->mask, next_look(watch), &info))
			serve(watch, &info);
		else if (is_late(watch))
			return time_out(watch, result);
		else
			terminal_enter(watch->terminal);
	}
	result->outcome = *watch->outcome;
}

/* A signal for a guest that has ended must not end us before we report the end. */
static void drop_signals(const sigset_t *mask)
{
	const struct timespec no_time = { 0 };

	while (sigtimedwait(mask, NULL, &no_time) > 0)
		;
}

/* Creates the page that one runner reports through; returns its descriptor. Unsealed, a
 * guest that opens it through /proc could truncate it under us. */
static int share_outcome(struct watch *watch, struct message *message)
{
	int fd = memory_file_create("the outcome", sizeof(struct outcome), message);
	void *at = MAP_FAILED;

	if (fd < 0)
		return fd;
	if (!fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))
		at = mmap(NULL, sizeof(struct outcome), PROT_READ, MAP_SHARED, fd, 0);
	if (at != MAP_FAILED) {
		watch->outcome = at;
		return fd;
	}
	fail(message, errno, "no memory to share with the runner: %s", strerror(errno));
	close(fd);
	return -ENOMEM;
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
	pass_on_missed(watch);
	wait_for_end(watch, result);
	return 0;
}

/* One runner, from start to end; `result` is that of the one before, or zeros. */
static int run_once(struct watch *watch, struct run_result *result,
		    struct message *message)
{
	int error = restart_prepare(&watch->restart, &result->outcome, message);
	int outcome = error ? error : share_outcome(watch, message);

	if (outcome < 0)
		return outcome;
	*result = (struct run_result){ 0 };
	error = run_child(watch, outcome, result, message);
	munmap((void *)watch->outcome, sizeof(*watch->outcome));
	close(outcome);
	return error;
}

/* Whether the guest starts again. Checks its time too: each run may be too short for
 * wait_for_end() to do it. */
static bool restarts(const struct watch *watch, struct run_result *result)
{
	if (!restart_is_wanted(&result->outcome))
		return false;
	if (WIFEXITED(result->status) && !WEXITSTATUS(result->status)) {
		if (!is_late(watch))
			return true;
		result->timed_out = true;
		result->status = W_EXITCODE(0, SIGKILL);
	}
	result->outcome.kind = OUTCOME_NONE; /* stopped before it could exit */
	return false;
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
	struct watch watch = {
		.run = run,
		.restart = restart_init(run->imports, run->work_area_size),
		.deadline = run->timeout_ns ? now_ns() + run->timeout_ns : 0,
	};
	int error;

	*result = (struct run_result){ 0 };
	signal(SIGCHLD, SIG_DFL); /* ignored, the child would leave no status */
	error = run->raw ? open_terminal(&watch, message) : 0;
	if (error)
		return error;
	block_signals(&watch);
	terminal_enter(watch.terminal);
	do
		error = run_once(&watch, result, message);
	while (!error && restarts(&watch, result));
	restart_end(&watch.restart);
	close_terminal(&watch);
	drop_signals(&watch.mask);
	sigprocmask(SIG_SETMASK, &watch.old, NULL);
	return error;
}
