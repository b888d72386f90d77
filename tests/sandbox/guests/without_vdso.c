/*
 * without_vdso COMMAND...: executes a command that executes another program once, and
 * hides the vDSO from that program: its libc makes system calls for the time. Only
 * auxiliary vectors of this machine and of i386 are known.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t child;

static uint64_t word_at(uint64_t address, unsigned size)
{
	uint64_t word = (uint64_t)ptrace(PTRACE_PEEKDATA, child, address, NULL);

	return size == 8 ? word : (uint32_t)word;
}

/* The auxiliary vector comes after arguments and environment. */
static void hide(void)
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
		if (word_at(at, size) == AT_SYSINFO_EHDR) {
			uint64_t old = (uint64_t)ptrace(PTRACE_PEEKDATA, child, at, NULL);

			old = size == 8 ? AT_IGNORE
					: (old & ~UINT64_C(0xffffffff)) | AT_IGNORE;
			ptrace(PTRACE_POKEDATA, child, at, old);
		}
}

int main(int argc, char **argv)
{
	int status, programs = 0;

	(void)argc;
	child = fork();
	if (!child) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execv(argv[1], argv + 1);
		_exit(99);
	}
	while (programs < 2 && waitpid(child, &status, 0) == child &&
	       WIFSTOPPED(status)) {
		if (WSTOPSIG(status) == SIGTRAP && ++programs == 2) {
			hide();
			ptrace(PTRACE_DETACH, child, NULL, NULL);
			waitpid(child, &status, 0);
			break;
		}
		ptrace(PTRACE_CONT, child, NULL,
		       WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status));
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
