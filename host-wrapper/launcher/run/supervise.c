/* Runners, one after the other, their time-out and their terminal. See supervise.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/monotonic.h"
#include "keeper.h"
#include "outcome_file.h"
#include "restart.h"
#include "runner_start.h"
#include "signals.h"
#include "supervise.h"
#include "terminal.h"
#include "vcpu_report.h"

#define SECOND_NS 1000000000u
/* The longest time of a job in the foreground before the terminal is raw. */
#define TERMINAL_LOOK_NS 100000000u
/* The longest time that records of a trace wait. */
#define TRACE_LOOK_NS 5000000u
/* The longest time that a runner has to describe itself after the deadline. */
#define ANSWER_NS 500000000u

/* The supervisor's state. */
struct watch {
	const struct run *run;
	struct guest_processes processes;
	struct outcome_file file;  /* of the present runner */
	struct terminal *terminal; /* NULL: --raw does not apply */
	struct keeper keeper;
	struct restart restart;
	struct signals signals;
	pid_t child;
	int pidfd;	   /* of the child */
	uint64_t deadline; /* of all runners together; 0: none */
};

static void show_vcpu(const struct watch *watch)
{
	struct jumpslot_vcpu_state state;

	if (vcpu_report_read(watch->child, watch->file.outcome, &state))
		vcpu_report_print(&state, watch->run->shown);
	fflush(watch->run->shown);
}

static void go_on(const struct watch *watch)
{
	terminal_enter(watch->terminal);
	kill(watch->child, SIGCONT);
}

/* The runner may ignore SIGTSTP, and in a session of its own it does not get the
 * terminal's: SIGSTOP it. */
static void stop(const struct watch *watch)
{
	kill(watch->child, SIGSTOP);
	terminal_leave(watch->terminal);
	signals_stop();
	go_on(watch);
}

static void serve(struct watch *watch, const struct signals_one *one)
{
	switch (one->number) {
	case SIGNALS_SHOW_VCPU:
		show_vcpu(watch);
		break;
	case SIGTSTP:
		stop(watch);
		break;
	case SIGCONT:
		go_on(watch);
		break;
	default:
		signals_pass_on(&watch->signals, one, watch->child, watch->file.outcome);
	}
}

static struct control_target control_target(const struct watch *watch)
{
	return (struct control_target){
		.trace = watch->run->trace,
		.runner = watch->child,
		.outcome = watch->file.outcome,
	};
}

/* Waits until the runner has ended, a signal is pending, or `until`; 0: forever. Returns
 * whether the runner has ended. */
static bool wait_for_event(const struct watch *watch, uint64_t until)
{
	struct pollfd events[] = {
		{ .fd = watch->pidfd, .events = POLLIN },
		{ .fd = watch->signals.fd, .events = POLLIN },
		control_poll(watch->run->control),
	};
	const struct control_target target = control_target(watch);
	uint64_t now = monotonic_ns(), rest = until > now ? until - now : 0;
	const struct timespec wait = { .tv_sec = (time_t)(rest / SECOND_NS),
				       .tv_nsec = (long)(rest % SECOND_NS) };

	ppoll(events, 3, until ? &wait : NULL, NULL);
	if (!events[0].revents)
		control_serve(watch->run->control, &target, events[2].revents);
	return events[0].revents;
}

static bool is_late(const struct watch *watch)
{
	return watch->deadline && monotonic_ns() >= watch->deadline;
}

/*
 * Asks the runner where it is: its handler of SIGXCPU writes an outcome, and ends it. A
 * hostile guest may answer with anything, or not at all. The signal is for the guest's
 * thread, the first of the process.
 */
static void ask(const struct watch *watch)
{
	const uint64_t until = monotonic_ns() + ANSWER_NS;
	struct pollfd end = { .fd = watch->pidfd, .events = POLLIN };

	syscall(SYS_tgkill, watch->child, watch->child, SIGXCPU);
	while (monotonic_ns() < until && !poll(&end, 1, (int)(ANSWER_NS / 1000000)))
		;
}

static void time_out(const struct watch *watch, struct run_result *result)
{
	struct jumpslot_vcpu_state vcpu = { 0 };

	vcpu_report_read(watch->child, watch->file.outcome, &vcpu);
	ask(watch);
	kill(watch->child, SIGKILL);
	waitpid(watch->child, &result->status, 0);
	result->timed_out = true;
	result->status = SIGKILL; /* as waitpid() has it */
	result->outcome = *watch->file.outcome;
	result->outcome.code = SI_KERNEL; /* the report does not name a sender */
	if (result->outcome.kind == OUTCOME_NONE)
		result->outcome.vcpu = vcpu;
}

/* The earlier of two times; 0: never. */
static uint64_t earlier(uint64_t one, uint64_t other)
{
	return one && (!other || one < other) ? one : other;
}

/* Returns when to act although nothing happened; 0: never. */
static uint64_t next_look(const struct watch *watch)
{
	uint64_t look = earlier(watch->deadline, control_look(watch->run->control));

	if (trace_has_records(watch->run->trace))
		look = earlier(look, monotonic_ns() + TRACE_LOOK_NS);
	else if (terminal_is_awaited(watch->terminal))
		look = earlier(look, monotonic_ns() + TERMINAL_LOOK_NS);
	return look;
}

/*
 * Looks at the deadline before all else, so signals cannot postpone it, and a guest whose
 * end is seen after the deadline has not met it: it may have stopped this process.
 */
static void wait_for_end(struct watch *watch, struct run_result *result)
{
	for (;;) {
		struct signals_one one;
		bool ended = wait_for_event(watch, next_look(watch));

		trace_read(watch->run->trace, watch->deadline);
		if (is_late(watch))
			return time_out(watch, result);
		if (ended)
			break;
		if (signals_next(&watch->signals, &one))
			serve(watch, &one);
		else if (terminal_is_awaited(watch->terminal))
			terminal_enter(watch->terminal);
	}
	waitpid(watch->child, &result->status, 0);
	result->outcome = *watch->file.outcome;
}

static int run_child(struct watch *watch, struct run_result *result,
		     struct message *message)
{
	const struct runner_start start = {
		.run = watch->run,
		.processes = &watch->processes,
		.outcome = watch->file.fd,
		.work_area = watch->restart.work_area,
		.trace = trace_descriptor(watch->run->trace),
		.mask = watch->run->mask ? watch->run->mask : &watch->signals.old,
	};

	signals_keep_pending(&watch->signals);
	watch->child = runner_start(&start, &watch->pidfd, message);
	if (watch->child < 0)
		return watch->child;
	signals_pass_kept(&watch->signals, watch->child, watch->file.outcome);
	wait_for_end(watch, result);
	if (watch->run->gdb) /* another runner finds it ended */
		shutdown(watch->run->gdb, SHUT_RDWR);
	close(watch->pidfd);
	return 0;
}

/* One runner, from start to end; `result` is that of the one before, or zeros. */
static int run_once(struct watch *watch, struct run_result *result,
		    struct message *message)
{
	const struct control_target target = control_target(watch);
	int error = restart_prepare(&watch->restart, &result->outcome, message);

	if (watch->child) {
		if (!guest_processes_kill(&watch->processes) && !error)
			error = fail(
				message, ECHILD,
				"the guest cannot restart: " GUEST_PROCESSES_NO_ANSWER);
		trace_runner_ended(watch->run->trace);
		control_restarted(watch->run->control, &target);
	}
	outcome_file_close(&watch->file);
	if (!error)
		error = outcome_file_make(&watch->file, message);
	*result = (struct run_result){ 0 };
	return error ? error : run_child(watch, result, message);
}

/* Whether the guest starts again. Checks its time too: each run may be too short for
 * wait_for_end() to do it. */
static bool restarts(struct watch *watch, struct run_result *result)
{
	if (!restart_is_wanted(&result->outcome))
		return false;
	if (WIFEXITED(result->status) && !WEXITSTATUS(result->status)) {
		signals_keep_blocked(&watch->signals, &result->outcome);
		if (!is_late(watch))
			return true;
		result->timed_out = true;
		result->status = SIGKILL; /* as waitpid() has it */
	}
	result->outcome.kind = OUTCOME_NONE; /* stopped before it could exit */
	return false;
}

/* A process that the guest left could change the outcome's file while it is read. */
static void read_backtrace(struct watch *watch, struct run_result *result)
{
	if (guest_processes_kill(&watch->processes))
		backtrace_read(&result->backtrace, watch->run->backtrace,
			       watch->run->guest, watch->file.fd);
	else
		result->backtrace.missing = GUEST_PROCESSES_NO_ANSWER;
}

/* Adds the wrong uses of ports of a runner that has ended. */
static void add_port_uses(const struct watch *watch, struct outcome_ports *ports)
{
	struct outcome_ports its;

	if (!watch->file.outcome)
		return;
	its = *outcome_ports(watch->file.outcome);
	its.name[sizeof(its.name) - 1] = 0;
	if (ports->count)
		ports->count += its.count;
	else
		*ports = its;
}

static int run_all(struct watch *watch, struct run_result *result,
		   struct message *message)
{
	bool keys_reach = !watch->processes.own_session;
	struct outcome_ports ports = { 0 };
	struct control_target target;
	int error = signals_block(&watch->signals, keys_reach, message);

	if (error)
		return error;
	terminal_enter(watch->terminal);
	do {
		error = run_once(watch, result, message);
		add_port_uses(watch, &ports);
	} while (!error && restarts(watch, result));
	result->ports = ports;
	target = control_target(watch);
	irq_lines_remove(watch->run->lines); /* before their sockets are closed */
	control_end(watch->run->control, &target);
	if (!error && result->outcome.kind == OUTCOME_REFUSED)
		outcome_file_read_reason(&watch->file, &result->refusal);
	else if (!error && result->outcome.kind != OUTCOME_NONE)
		read_backtrace(watch, result);
	restart_end(&watch->restart);
	terminal_leave(watch->terminal);
	signals_restore(&watch->signals);
	result->processes = watch->processes;
	result->end_ns = monotonic_ns();
	if (WIFSIGNALED(result->status))
		result->fault = strsignal(WTERMSIG(result->status));
	return error;
}

/* Runs in the keeper after the death of this process. */
static void clean_up(const void *argument)
{
	const struct watch *watch = argument;

	terminal_leave(watch->terminal);
	irq_lines_remove(watch->run->lines);
}

static int start_keeper(struct watch *watch, struct message *message)
{
	int error = watch->run->raw ? terminal_open(&watch->terminal, message) : 0;

	if (!error && (watch->terminal || irq_lines_have_files(watch->run->lines)))
		error = keeper_start(&watch->keeper, clean_up, watch, message);
	return error;
}

int supervise(const struct run *run, struct run_result *result, struct message *message)
{
	struct watch watch = {
		.run = run,
		.file = { .fd = -1 },
		.restart = restart_init(run->imports, run->work_area_size),
		.deadline = run->timeout_ns ? monotonic_ns() + run->timeout_ns : 0,
	};
	const pid_t *const spared[GUEST_PROCESSES_SPARED] = {
		&watch.keeper.process,
		trace_finder(run->trace),
	};
	int error;

	*result = (struct run_result){ 0 };
	signal(SIGCHLD, SIG_DFL); /* ignored, the child would leave no status */
	error = start_keeper(&watch, message);
	if (!error)
		error = guest_processes_start(&watch.processes, spared, message);
	if (!error) {
		error = run->strict ? guest_processes_require_namespace(&watch.processes,
									message)
				    : 0;
		if (!error)
			error = run_all(&watch, result, message);
		guest_processes_end(&watch.processes);
		outcome_file_close(&watch.file);
	}
	keeper_end(&watch.keeper);
	terminal_close(watch.terminal);
	return error;
}
