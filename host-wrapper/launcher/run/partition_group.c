/* Children, and signals of this process. See partition_group.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/exit_status.h"
#include "common/monotonic.h"
#include "last_report.h"
#include "partition_group.h"
#include "partition_pipes.h"
#include "signals.h"

#define LINE 4096
/* An incomplete line of the partition that reads the console is a prompt after this
 * time. */
#define PROMPT_NS UINT64_C(50000000)

/* The process of a partition. */
struct member {
	pid_t process; /* 0: not started */
	int pidfd;
	struct partition_pipes pipes;
	sigset_t missed; /* the terminal's keys that were pressed before it started */
	int status;	 /* as waitpid() gives it */
	bool has_ended;
	bool is_done; /* and its output is in the lines */
};

struct watch {
	const struct partition_group *group;
	struct member members[MODEL_MAX_PARTITIONS];
	struct partition_lines outputs[PARTITION_OUTPUTS];
	sigset_t mask, old_mask;
	struct sigaction old_pipe; /* of SIGPIPE */
	int signals;
	bool gives_up;	    /* readers took too long */
	uint64_t deadline;  /* 0: none */
	uint64_t prompt_at; /* when to show an incomplete line; 0: never */
};

static const int watched[] = { SIGINT,	SIGTERM, SIGHUP,  SIGQUIT,
			       SIGUSR1, SIGUSR2, SIGTSTP, SIGCONT };

static int catch_signals(struct watch *watch, struct message *message)
{
	sigemptyset(&watch->mask);
	for (size_t i = 0; i < sizeof(watched) / sizeof(*watched); i++)
		sigaddset(&watch->mask, watched[i]);
	sigprocmask(SIG_BLOCK, &watch->mask, &watch->old_mask);
	watch->signals = signalfd(-1, &watch->mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (watch->signals < 0)
		return fail(message, errno, "no descriptor for signals: %s",
			    strerror(errno));
	return 0;
}

/* A partition that does not read the console has no input, not the end of one. */
static bool set_streams(const struct watch *watch, size_t number, const int *ends)
{
	int input = STDIN_FILENO;

	if (watch->group->console != number)
		input = open("/dev/null", O_WRONLY | O_CLOEXEC);
	return input >= 0 && dup2(input, STDIN_FILENO) >= 0 &&
	       dup2(ends[PIPE_CONSOLE], STDOUT_FILENO) >= 0 &&
	       dup2(ends[PIPE_REPORT], STDERR_FILENO) >= 0;
}

/* The signals stay blocked: one before the child serves them would end it. */
static _Noreturn void be_member(const struct watch *watch, size_t number, const int *ends,
				pid_t parent)
{
	const struct partition_group *group = watch->group;
	const struct partition_child child = {
		.errors = ends[PIPE_ERRORS],
		.trace = ends[PIPE_TRACE],
		.events = ends[PIPE_EVENTS],
		.mask = &watch->old_mask,
	};
	int status = EXIT_FAILED;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILED);
	sigaction(SIGPIPE, &watch->old_pipe, NULL);
	if (set_streams(watch, number, ends))
		status = group->run(group->context, number, &child);
	fflush(NULL);
	_exit(status);
}

static int start_member(struct watch *watch, size_t number, struct message *message)
{
	struct member *member = &watch->members[number];
	const struct partition_group *group = watch->group;
	const char *name = group->count > 1 ? group->names[number] : NULL;
	int ends[PARTITION_PIPES] = { -1, -1, -1, -1, -1 };
	const pid_t parent = getpid();
	int error = partition_pipes_open(&member->pipes, name, ends, message);

	if (!error) {
		fflush(NULL);
		member->process = fork();
		if (!member->process)
			be_member(watch, number, ends, parent);
		if (member->process < 0)
			error = fail(message, errno, "no process for a partition: %s",
				     strerror(errno));
		/* A key that is pressed right now may signal both: rather twice. */
		sigpending(&member->missed);
	}
	for (int i = 0; i < PARTITION_PIPES; i++)
		if (ends[i] >= 0)
			close(ends[i]);
	if (error)
		return error;
	member->pidfd = (int)syscall(SYS_pidfd_open, member->process, 0);
	return member->pidfd < 0
		       ? fail(message, errno, "a partition cannot be watched: %s",
			      strerror(errno))
		       : 0;
}

static int start_all(struct watch *watch, struct message *message)
{
	int error = 0;

	for (size_t i = 0; !error && i < watch->group->count; i++)
		error = start_member(watch, i, message);
	return error;
}

/* The terminal's keys signal the children without our help, if there were any yet. */
static void signal_all(const struct watch *watch, int number, bool is_key)
{
	for (size_t i = 0; i < watch->group->count; i++) {
		const struct member *member = &watch->members[i];

		if (member->process > 0 && !member->has_ended &&
		    (!is_key || sigismember(&member->missed, number)))
			kill(member->process, number);
	}
}

static void serve_signal(struct watch *watch, const struct signals_one *one)
{
	const int number = one->number;

	signal_all(watch, number, one->from_kernel);
	if (number == SIGTSTP) {
		signals_stop();
		signal_all(watch, SIGCONT, false);
	}
	if (number == SIGINT || number == SIGTERM || number == SIGHUP ||
	    number == SIGQUIT)
		watch->gives_up = true;
}

static void read_signals(struct watch *watch)
{
	struct signals_one one;

	while (signals_take(&watch->mask, &one))
		serve_signal(watch, &one);
	for (size_t i = 0; i < watch->group->count; i++)
		sigemptyset(&watch->members[i].missed);
}

/* Shows the incomplete line of the partition that reads the console, as its prompt, when
 * it has written nothing for a while. */
static void look_at_prompt(struct watch *watch, bool has_written)
{
	const size_t console = watch->group->console;
	const uint64_t now = monotonic_ns();
	struct partition_source *source;

	if (console == PARTITION_GROUP_NO_CONSOLE)
		return;
	source = &watch->members[console].pipes.sources[PIPE_CONSOLE];
	if (!source->count) {
		watch->prompt_at = 0;
	} else if (has_written || !watch->prompt_at) {
		watch->prompt_at = now + PROMPT_NS;
	} else if (now >= watch->prompt_at) {
		partition_lines_show(&watch->outputs[OUTPUT_CONSOLE], source);
		watch->prompt_at = 0;
	}
}

static void read_pipes(struct watch *watch)
{
	bool has_written = false;

	for (size_t i = 0; i < watch->group->count; i++)
		for (int pipe = 0; pipe < PARTITION_PIPES; pipe++)
			if (partition_pipes_read(&watch->members[i].pipes, pipe,
						 watch->outputs) &&
			    pipe == PIPE_CONSOLE && i == watch->group->console)
				has_written = true;
	look_at_prompt(watch, has_written);
}

/* The supervisor reports how its guest ended, unless it is killed itself. */
static void add_report(struct watch *watch, size_t number)
{
	const struct member *member = &watch->members[number];
	const struct partition_report *report = &member->pipes.report;
	struct partition_lines *lines = &watch->outputs[OUTPUT_ERRORS];
	char text[LINE];
	int length;

	partition_lines_add(lines, report->text, report->size);
	if (!report->is_cut)
		return;
	length = snprintf(text, sizeof(text),
			  "host-wrapper: %s: its supervisor was stopped by signal %d "
			  "(%s)\n",
			  watch->group->names[number], WTERMSIG(member->status),
			  strsignal(WTERMSIG(member->status)));
	partition_lines_add(lines, text, (size_t)length);
}

/* After its end: the pipes keep its last bytes. */
static void finish(struct watch *watch, size_t number)
{
	struct member *member = &watch->members[number];
	struct partition_report *report = &member->pipes.report;

	if (!partition_pipes_end(&member->pipes, watch->outputs, !watch->gives_up))
		return;
	report->is_cut = WIFSIGNALED(member->status);
	if (watch->group->reports) {
		watch->group->reports[number] = *report;
	} else {
		add_report(watch, number);
		free(report->text);
	}
	close(member->pidfd);
	member->is_done = true;
}

static void reap(struct watch *watch)
{
	for (size_t i = 0; i < watch->group->count; i++) {
		struct member *member = &watch->members[i];

		if (!member->has_ended &&
		    waitpid(member->process, &member->status, WNOHANG) == member->process)
			member->has_ended = true;
		if (member->has_ended && !member->is_done)
			finish(watch, i);
	}
}

static bool is_over(const struct watch *watch)
{
	for (size_t i = 0; i < watch->group->count; i++)
		if (!watch->members[i].is_done)
			return false;
	for (int i = 0; i < PARTITION_OUTPUTS; i++)
		if (partition_lines_wait(&watch->outputs[i]))
			return false;
	return true;
}

static uint64_t earlier(uint64_t one, uint64_t other)
{
	return one && (!other || one < other) ? one : other;
}

static int time_left_ms(const struct watch *watch)
{
	const uint64_t until = earlier(watch->deadline, watch->prompt_at);

	return until ? monotonic_ms_until(monotonic_ns(), until) : -1;
}

/* At most: signals, and for each partition its end and pipes, and all outputs. */
#define MAX_EVENTS (1 + MODEL_MAX_PARTITIONS * (1 + PARTITION_PIPES) + PARTITION_OUTPUTS)

static size_t add_event(struct pollfd *events, size_t count, int fd, short what)
{
	if (fd < 0)
		return count;
	events[count] = (struct pollfd){ .fd = fd, .events = what };
	return count + 1;
}

static void await(const struct watch *watch)
{
	struct pollfd events[MAX_EVENTS];
	size_t count = add_event(events, 0, watch->signals, POLLIN);

	for (size_t i = 0; i < watch->group->count; i++) {
		const struct member *member = &watch->members[i];

		if (!member->has_ended)
			count = add_event(events, count, member->pidfd, POLLIN);
		for (int pipe = 0; pipe < PARTITION_PIPES; pipe++)
			if (!member->is_done &&
			    partition_pipes_wait(&member->pipes, pipe, watch->outputs))
				count = add_event(events, count, member->pipes.from[pipe],
						  POLLIN);
	}
	for (int i = 0; i < PARTITION_OUTPUTS; i++)
		if (partition_lines_wait(&watch->outputs[i]))
			count = add_event(events, count, watch->outputs[i].to, POLLOUT);
	poll(events, (nfds_t)count, time_left_ms(watch));
}

/* A reader of the console that has ended ends the run, as it ends a single guest. Reports
 * are lost without one. */
static void end_without_reader(const struct watch *watch)
{
	if (!watch->outputs[OUTPUT_CONSOLE].is_closed)
		return;
	sigaction(SIGPIPE, &watch->old_pipe, NULL);
	raise(SIGPIPE);
}

/* After a signal or the time-out, nothing waits for a reader that does not read: all
 * partitions end, and what cannot be written at once is dropped. */
static void write_lines(struct watch *watch)
{
	for (int i = 0; i < PARTITION_OUTPUTS; i++) {
		struct partition_lines *lines = &watch->outputs[i];
		size_t before;

		do {
			before = lines->start;
			partition_lines_write(lines);
		} while (partition_lines_wait(lines) && lines->start > before);
		if (watch->gives_up && partition_lines_wait(lines))
			partition_lines_give_up(lines);
	}
	end_without_reader(watch);
}

static void look_at_time(struct watch *watch)
{
	if (!watch->deadline || monotonic_ns() < watch->deadline)
		return;
	watch->deadline = 0;
	watch->gives_up = true;
}

static void watch_all(struct watch *watch)
{
	while (!is_over(watch)) {
		await(watch);
		read_signals(watch);
		read_pipes(watch);
		look_at_time(watch);
		write_lines(watch);
		reap(watch); /* which may wait for room in the lines */
		if (watch->gives_up)
			write_lines(watch);
	}
}

/* The last text of the file. */
static void end_file(struct watch *watch)
{
	const struct partition_file *file = watch->group->file;

	if (!file)
		return;
	partition_lines_add(&watch->outputs[OUTPUT_FILE], file->tail, strlen(file->tail));
	write_lines(watch); /* or gives up at once */
	watch_all(watch);
}

static void open_outputs(struct watch *watch)
{
	const struct partition_group *group = watch->group;
	struct partition_lines *outputs = watch->outputs;

	partition_lines_open(&outputs[OUTPUT_CONSOLE], STDOUT_FILENO);
	partition_lines_open(&outputs[OUTPUT_ERRORS], STDERR_FILENO);
	partition_lines_open(&outputs[OUTPUT_FILE], group->file ? group->file->fd : -1);
	if (group->note)
		partition_lines_add(&outputs[OUTPUT_ERRORS], group->note,
				    strlen(group->note));
	if (group->file)
		partition_lines_add(&outputs[OUTPUT_FILE], group->file->head,
				    strlen(group->file->head));
}

static void close_outputs(struct watch *watch)
{
	if (watch->group->file)
		watch->group->file->error = watch->outputs[OUTPUT_FILE].error;
	for (int i = 0; i < PARTITION_OUTPUTS; i++)
		partition_lines_close(&watch->outputs[i]);
}

static int first_status(const struct watch *watch)
{
	int status = 0;

	for (size_t i = 0; !status && i < watch->group->count; i++) {
		const int its = watch->members[i].status;

		status = WIFEXITED(its) ? WEXITSTATUS(its) : EXIT_SIGNAL + WTERMSIG(its);
	}
	return status;
}

/* After a failed start. */
static void kill_all(struct watch *watch)
{
	signal_all(watch, SIGKILL, false);
	for (size_t i = 0; i < watch->group->count; i++)
		if (watch->members[i].process > 0)
			waitpid(watch->members[i].process, NULL, 0);
}

int partition_group_run(const struct partition_group *group, struct message *message)
{
	struct watch watch = { .group = group };
	int error = catch_signals(&watch, message);

	if (error)
		return error;
	if (group->timeout_ns)
		watch.deadline = monotonic_ns() + group->timeout_ns;
	sigaction(SIGPIPE, &(struct sigaction){ .sa_handler = SIG_IGN }, &watch.old_pipe);
	signal(SIGCHLD, SIG_DFL); /* ignored, children would leave no status */
	open_outputs(&watch);
	error = start_all(&watch, message);
	if (error) {
		kill_all(&watch);
	} else {
		watch_all(&watch);
		end_file(&watch);
	}
	close_outputs(&watch);
	close(watch.signals);
	sigprocmask(SIG_SETMASK, &watch.old_mask, NULL);
	if (error)
		return error;
	last_report_begin(first_status(&watch), watch.gives_up);
	return first_status(&watch);
}
