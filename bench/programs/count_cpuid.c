/*
 * Counts the instructions and the CPUIDs among them that a command executes, by single
 * steps of all its processes. Prints `instructions`, a tab and `CPUIDs`. The processor
 * leaves a virtual machine at each CPUID, which takes microseconds.
 *
 * After --marked, it runs freely, except from one INT3 instruction to the next: prints
 * the instructions of each such part (calls/marked.h).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define CPUID 0xa20f /* its two bytes */
#define INT3  0xcc
#define OPTIONS                                                                          \
	(PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |                \
	 PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)

static uint64_t instructions, cpuids;
static bool is_marked;
static pid_t stepped; /* the thread within a marked part, 0: none */

static void start(char **command)
{
	ptrace(PTRACE_TRACEME, 0, 0, 0);
	raise(SIGSTOP);
	execv(command[0], command);
	_exit(127);
}

/* The word at the next instruction, or 0 if it cannot be read. */
static long next_word(pid_t process, struct user_regs_struct *registers, long before)
{
	long word;

	if (ptrace(PTRACE_GETREGS, process, 0, registers))
		return 0;
	errno = 0;
	word = ptrace(PTRACE_PEEKTEXT, process, registers->rip - (uintptr_t)before, 0);
	return errno ? 0 : word;
}

static void count(pid_t process)
{
	struct user_regs_struct registers;

	cpuids += (next_word(process, &registers, 0) & 0xffff) == CPUID;
	instructions++;
}

/* Returns whether the thread goes on by single steps. */
static bool look_for_mark(pid_t process, bool is_trap)
{
	struct user_regs_struct registers;

	if (stepped != process) {
		if (!is_trap || (next_word(process, &registers, 1) & 0xff) != INT3)
			return false;
		stepped = process;
		instructions = 0;
		return true;
	}
	if ((next_word(process, &registers, 0) & 0xff) != INT3) {
		instructions++;
		return true;
	}
	registers.rip++;
	ptrace(PTRACE_SETREGS, process, 0, &registers);
	printf("%lu\n", instructions);
	stepped = 0;
	return false;
}

static void go_on(pid_t process, int status)
{
	const int number = WSTOPSIG(status);
	const bool is_trap = number == SIGTRAP;
	const int signal = is_trap || number == SIGSTOP ? 0 : number;
	bool steps = true;

	if (is_marked)
		steps = look_for_mark(process, is_trap && !(status >> 16));
	else
		count(process);
	ptrace(steps ? PTRACE_SINGLESTEP : PTRACE_CONT, process, 0, signal);
}

int main(int argc, char **argv)
{
	pid_t process;
	int status;

	is_marked = argc > 1 && !strcmp(argv[1], "--marked");
	argv += 1 + is_marked;
	process = *argv ? fork() : -1;
	if (process < 0)
		return EXIT_FAILURE;
	if (!process)
		start(argv);
	waitpid(process, &status, 0);
	ptrace(PTRACE_SETOPTIONS, process, 0, OPTIONS);
	ptrace(is_marked ? PTRACE_CONT : PTRACE_SINGLESTEP, process, 0, 0);
	while ((process = waitpid(-1, &status, __WALL)) > 0)
		if (WIFSTOPPED(status))
			go_on(process, status);
	if (!is_marked)
		printf("%lu\t%lu\n", instructions, cpuids);
	return EXIT_SUCCESS;
}
