/* Tracing by ptrace. See tracee.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tracee.h"

/* clock_nanosleep of x86-64, and the one with 64-bit times of i386. */
#define SLEEP_X86_64 230
#define SLEEP_I386   407

#define POPF 0x9d

/* Seconds of processor time between two stops: thousands of times more than needed. */
#define LONGEST 1.0

#define RESUME_FLAG 0x10000ul

/* A code that no caller uses. */
#define STEP_BREAKPOINT BREAKPOINTS

void die(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	fflush(stdout);
	exit(1);
}

static long trace(struct tracee *tracee, int request, uintptr_t at, uintptr_t data)
{
	long result = ptrace((enum __ptrace_request)request, tracee->pid, at, data);

	if (result == -1)
		die("ptrace request %d: %s", request, strerror(errno));
	return result;
}

/* Processor time, which does not depend on the load of the machine. */
static double seconds_used(const struct tracee *tracee)
{
	struct timespec used;
	clockid_t clock;

	if (clock_getcpuclockid(tracee->pid, &clock) || clock_gettime(clock, &used))
		return 0;
	return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

static void on_alarm(int number)
{
	(void)number;
}

/* Makes waitpid() fail with EINTR now and then. */
static void look_now_and_then(void)
{
	const struct itimerval often = { { 0, 200000 }, { 0, 200000 } };
	const struct sigaction action = { .sa_handler = on_alarm };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
}

/* Returns false if the process used so long without a stop that none will come. */
static bool wait_for_stop(struct tracee *tracee)
{
	double start = seconds_used(tracee);

	while (waitpid(tracee->pid, &tracee->status, __WALL) != tracee->pid) {
		if (errno != EINTR)
			die("waitpid: %s", strerror(errno));
		if (seconds_used(tracee) - start > LONGEST)
			return false;
	}
	return true;
}

static uint64_t reg(struct tracee *tracee, size_t offset)
{
	errno = 0;
	uint64_t value = (uint64_t)ptrace(PTRACE_PEEKUSER, tracee->pid, offset, 0);

	if (errno)
		die("registers: %s", strerror(errno));
	return value;
}

#define REGISTER(tracee, name) reg(tracee, offsetof(struct user_regs_struct, name))

/* Both on one processor: a stop then costs one switch between them. */
static void stay_on_this_processor(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)sched_getcpu(), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static bool has_stopped_by_exec(const struct tracee *tracee)
{
	return tracee->status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8);
}

void tracee_start(struct tracee *tracee, char **command)
{
	stay_on_this_processor();
	tracee->memory = -1;
	tracee->pid = fork();
	if (tracee->pid < 0)
		die("fork: %s", strerror(errno));
	if (!tracee->pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execv(command[0], command);
		_exit(127);
	}
	wait_for_stop(tracee);
	look_now_and_then();
	trace(tracee, PTRACE_SETOPTIONS, 0, PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC);
}

static void set_debug_register(struct tracee *tracee, int number, uint64_t value)
{
	size_t at = offsetof(struct user, u_debugreg) + (size_t)number * sizeof(value);

	trace(tracee, PTRACE_POKEUSER, at, value);
}

/* All stay enabled, as enabling costs time: at address 0 there is no instruction.
 * Intel SDM, volume 3, 17.2.4: bit 2n of DR7 enables DRn, for execution. */
static void enable_breakpoints(struct tracee *tracee)
{
	for (int i = 0; i <= STEP_BREAKPOINT; i++)
		set_debug_register(tracee, i, 0);
	set_debug_register(tracee, 7, 1 | 1 << 2 | 1 << 2 * STEP_BREAKPOINT);
}

/* After exec the process has new memory. */
static void open_memory(struct tracee *tracee)
{
	char path[40];

	if (tracee->memory >= 0)
		close(tracee->memory);
	snprintf(path, sizeof(path), "/proc/%d/mem", (int)tracee->pid);
	tracee->memory = open(path, O_RDWR | O_CLOEXEC);
	if (tracee->memory < 0)
		die("%s: %s", path, strerror(errno));
}

/* The kind of a stop by SIGTRAP, from its si_code (sigaction(2)). */
static enum stop kind_of_trap(struct tracee *tracee)
{
	siginfo_t info;

	trace(tracee, PTRACE_GETSIGINFO, 0, (uintptr_t)&info);
	switch (info.si_code) {
	case SI_KERNEL:
		return STOP_MARK;
	case TRAP_HWBKPT:
		return STOP_BREAKPOINT;
	default:
		return STOP_STEP;
	}
}

static enum stop resume(struct tracee *tracee, int request)
{
	int number = tracee->stopped_by;

	tracee->stopped_by = 0;
	tracee->interrupted = number == SIGURG;
	for (;;) {
		trace(tracee, request, 0, (uintptr_t)number);
		if (!wait_for_stop(tracee))
			return STOP_NONE;
		number = 0;
		if (!WIFSTOPPED(tracee->status))
			return STOP_END;
		if (has_stopped_by_exec(tracee)) {
			open_memory(tracee);
			enable_breakpoints(tracee);
		} else if (WSTOPSIG(tracee->status) == SIGTRAP) {
			return kind_of_trap(tracee);
		} else if (WSTOPSIG(tracee->status) != SIGSTOP) {
			number = WSTOPSIG(tracee->status);
		}
		tracee->interrupted |= number == SIGURG;
	}
}

enum stop tracee_go(struct tracee *tracee)
{
	return resume(tracee, PTRACE_CONT);
}

static bool is_in_sleep(const struct tracee *tracee)
{
	char path[40];
	long number = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/syscall", (int)tracee->pid);
	file = fopen(path, "re");
	if (!file)
		die("%s: %s", path, strerror(errno));
	if (fscanf(file, "%ld", &number) != 1)
		number = -1; /* "running" */
	fclose(file);
	return number == SLEEP_X86_64 || number == SLEEP_I386;
}

void tracee_go_to_sleep(struct tracee *tracee)
{
	trace(tracee, PTRACE_CONT, 0, 0);
	tracee->asleep = true;
	while (!is_in_sleep(tracee)) {
		if (waitpid(tracee->pid, &tracee->status, WNOHANG | __WALL) != 0)
			die("stopped, and did not sleep");
		sched_yield();
	}
}

void tracee_break_at(struct tracee *tracee, int breakpoint, uint64_t at)
{
	static uint64_t addresses[STEP_BREAKPOINT + 1];

	if (addresses[breakpoint] == at)
		return;
	addresses[breakpoint] = at;
	set_debug_register(tracee, breakpoint, at);
}

/*
 * After an instruction that changes the trap flag, the kernel takes the flag for one that
 * the process set, and leaves it set (arch/x86/kernel/step.c). So a breakpoint passes
 * that instruction, not a step.
 */
static enum stop pass_popf(struct tracee *tracee, uint64_t pc)
{
	enum stop stop;

	tracee_break_at(tracee, STEP_BREAKPOINT, pc + 1);
	stop = tracee_go(tracee);
	tracee_break_at(tracee, STEP_BREAKPOINT, 0);
	return stop == STOP_BREAKPOINT ? STOP_STEP : stop;
}

enum stop tracee_step(struct tracee *tracee)
{
	uint64_t pc = tracee_pc(tracee);
	uint8_t code;

	tracee_read(tracee, pc, &code, sizeof(code));
	return code == POPF ? pass_popf(tracee, pc) : resume(tracee, PTRACE_SINGLESTEP);
}

/* After a breakpoint the resume flag is set, and it would be set again when the signal's
 * handler returns: the next breakpoint there would have no effect. */
static void forget_breakpoint(struct tracee *tracee)
{
	uint64_t flags = REGISTER(tracee, eflags);

	trace(tracee, PTRACE_POKEUSER, offsetof(struct user_regs_struct, eflags),
	      flags & ~RESUME_FLAG);
}

void tracee_signal(struct tracee *tracee, int number)
{
	tracee->stopped_by = number;
	if (!tracee->asleep) {
		forget_breakpoint(tracee);
		return;
	}
	if (syscall(SYS_tgkill, tracee->pid, tracee->pid, number))
		die("tgkill: %s", strerror(errno));
	wait_for_stop(tracee);
	if (!WIFSTOPPED(tracee->status) || WSTOPSIG(tracee->status) != number)
		die("asleep, and not woken by signal %d", number);
	tracee->asleep = false;
}

uint64_t tracee_pc(struct tracee *tracee)
{
	return REGISTER(tracee, rip);
}

void tracee_mark(struct tracee *tracee, uint64_t *mark, uint64_t *argument)
{
	*mark = REGISTER(tracee, rax);
	*argument = REGISTER(tracee, rcx);
}

bool tracee_is_about_to_sleep(struct tracee *tracee)
{
	static const uint8_t x86_64[] = { 0x0f, 0x05 }, i386[] = { 0xcd, 0x80 };
	uint64_t number = REGISTER(tracee, rax);
	uint8_t code[2];

	if (number != SLEEP_X86_64 && number != SLEEP_I386)
		return false;
	tracee_read(tracee, tracee_pc(tracee), code, sizeof(code));
	return !memcmp(code, number == SLEEP_I386 ? i386 : x86_64, sizeof(code));
}

void tracee_read(struct tracee *tracee, uint64_t at, void *data, size_t size)
{
	if (pread(tracee->memory, data, size, (off_t)at) != (ssize_t)size)
		die("memory at 0x%" PRIx64 " cannot be read", at);
}

void tracee_write(struct tracee *tracee, uint64_t at, const void *data, size_t size)
{
	if (pwrite(tracee->memory, data, size, (off_t)at) != (ssize_t)size)
		die("memory at 0x%" PRIx64 " cannot be written", at);
}

struct mapping {
	struct range at;
	char name[256]; /* of the file, without its directory; or [vdso] */
};

static bool next_mapping(FILE *maps, struct mapping *mapping)
{
	char line[512], *before;

	if (!fgets(line, sizeof(line), maps))
		return false;
	if (sscanf(line, "%" SCNx64 "-%" SCNx64, &mapping->at.start, &mapping->at.end) !=
	    2)
		die("/proc/PID/maps: %s", line);
	line[strcspn(line, "\n")] = '\0';
	before = strrchr(line, strchr(line, '/') ? '/' : ' ');
	snprintf(mapping->name, sizeof(mapping->name), "%s", before ? before + 1 : "");
	return true;
}

static FILE *open_maps(const struct tracee *tracee)
{
	char path[40];
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)tracee->pid);
	maps = fopen(path, "re");
	if (!maps)
		die("%s: %s", path, strerror(errno));
	return maps;
}

struct range tracee_range(struct tracee *tracee, const char *name)
{
	FILE *maps = open_maps(tracee);
	struct range range = { 0 };
	struct mapping mapping;

	while (!range.end && next_mapping(maps, &mapping))
		if (!strcmp(mapping.name, name))
			range = mapping.at;
	fclose(maps);
	return range;
}

void tracee_name(struct tracee *tracee, uint64_t at, char *text, size_t size)
{
	FILE *maps = open_maps(tracee);
	struct mapping mapping;

	snprintf(text, size, "0x%" PRIx64, at);
	while (next_mapping(maps, &mapping))
		if (at >= mapping.at.start && at < mapping.at.end && mapping.name[0])
			snprintf(text, size, "%s+0x%" PRIx64, mapping.name,
				 at - tracee_range(tracee, mapping.name).start);
	fclose(maps);
}
