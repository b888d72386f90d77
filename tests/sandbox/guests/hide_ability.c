/*
 * hide_ability vdso|fsgsbase COMMAND...: hides from a command, and from every program
 * that it executes, what the kernel tells them in the auxiliary vector. Without the vDSO,
 * libc makes system calls for the time; without FSGSBASE, a program makes them for FS and
 * GS. Only auxiliary vectors of this machine and of i386 are known. The command must not
 * stop itself by SIGSTOP.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t child; /* the process that has just stopped */

static uint64_t word_at(uint64_t address, unsigned size)
{
	uint64_t word = (uint64_t)ptrace(PTRACE_PEEKDATA, child, address, NULL);

	return size == 8 ? word : (uint32_t)word;
}

static void set_word(uint64_t address, unsigned size, uint64_t value)
{
	uint64_t old = (uint64_t)ptrace(PTRACE_PEEKDATA, child, address, NULL);

	if (size == 4)
		value |= old & ~UINT64_C(0xffffffff);
	ptrace(PTRACE_POKEDATA, child, address, value);
}

static void hide_in(uint64_t entry, unsigned size, bool vdso)
{
	const uint64_t fsgsbase = 2;

	if (vdso && word_at(entry, size) == AT_SYSINFO_EHDR)
		set_word(entry, size, AT_IGNORE);
	if (!vdso && word_at(entry, size) == AT_HWCAP2)
		set_word(entry + size, size, word_at(entry + size, size) & ~fsgsbase);
}

/* The auxiliary vector comes after arguments and environment. */
static void hide(bool vdso)
{
	struct user_regs_struct registers;
	unsigned size;
	uint64_t at;

	ptrace(PTRACE_GETREGS, child, NULL, &registers);
	size = registers.cs == 0x23 ? 4 : 8;
	at = registers.rsp + size;
	for (int lists = 0; lists < 2; at += size)
		lists += !word_at(at, size);
	for (; word_at(at, size) != AT_NULL; at += 2 * size)
		hide_in(at, size, vdso);
}

/* Returns the signal that the stopped process gets. */
static int see(int status, bool vdso)
{
	const int signal = WSTOPSIG(status), event = status >> 16;

	if (event == PTRACE_EVENT_EXEC)
		hide(vdso);
	/* A new process or thread starts with SIGSTOP. */
	return event || signal == SIGSTOP ? 0 : signal;
}

/* Follows all processes until the first one ends. Returns its status. */
static int follow(pid_t first, bool vdso)
{
	int status;

	while ((child = waitpid(-1, &status, __WALL)) > 0) {
		if (WIFSTOPPED(status))
			ptrace(PTRACE_CONT, child, NULL, see(status, vdso));
		else if (child == first)
			return status;
	}
	return -1;
}

int main(int argc, char **argv)
{
	const long options = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			     PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
	pid_t first;
	int status;

	if (argc < 3)
		return 99;
	first = fork();
	if (!first) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execv(argv[2], argv + 2);
		_exit(99);
	}
	if (waitpid(first, &status, 0) != first ||
	    ptrace(PTRACE_SETOPTIONS, first, NULL, options) ||
	    ptrace(PTRACE_CONT, first, NULL, 0))
		return 99;
	status = follow(first, !strcmp(argv[1], "vdso"));
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
