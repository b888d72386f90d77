/*
 * Counts the instructions and the CPUIDs among them that a command executes, by single
 * steps of all its processes. Prints `instructions`, a tab and `CPUIDs`. The processor
 * leaves a virtual machine at each CPUID, which takes microseconds.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define CPUID 0xa20f /* its two bytes */
#define OPTIONS                                                                          \
	(PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |                \
	 PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)

static uint64_t instructions, cpuids;

static void start(char **command)
{
	ptrace(PTRACE_TRACEME, 0, 0, 0);
	raise(SIGSTOP);
	execv(command[0], command);
	_exit(127);
}

static void look(pid_t process)
{
	struct user_regs_struct registers;
	long word;

	if (ptrace(PTRACE_GETREGS, process, 0, &registers))
		return;
	errno = 0;
	word = ptrace(PTRACE_PEEKTEXT, process, registers.rip, 0);
	instructions++;
	cpuids += !errno && (word & 0xffff) == CPUID;
}

/* Returns the signal to deliver. */
static int signal_of(int status)
{
	int number = WSTOPSIG(status);

	return number == SIGTRAP || number == SIGSTOP ? 0 : number;
}

int main(int argc, char **argv)
{
	pid_t process = argc > 1 ? fork() : -1;
	int status;

	if (process < 0)
		return EXIT_FAILURE;
	if (!process)
		start(argv + 1);
	waitpid(process, &status, 0);
	ptrace(PTRACE_SETOPTIONS, process, 0, OPTIONS);
	ptrace(PTRACE_SINGLESTEP, process, 0, 0);
	while ((process = waitpid(-1, &status, __WALL)) > 0) {
		if (!WIFSTOPPED(status))
			continue;
		look(process);
		ptrace(PTRACE_SINGLESTEP, process, 0, signal_of(status));
	}
	printf("%lu\t%lu\n", instructions, cpuids);
	return EXIT_SUCCESS;
}
