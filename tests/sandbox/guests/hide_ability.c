/*
 * hide_ability vdso|fsgsbase COMMAND...: executes a command that executes another program
 * once, and hides from both what the kernel tells them in the auxiliary vector. Without
 * the vDSO, libc makes system calls for the time; without FSGSBASE, a program makes them
 * for FS and GS. Only auxiliary vectors of this machine and of i386 are known.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
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

int main(int argc, char **argv)
{
	int status, programs = 0;

	if (argc < 3)
		return 99;
	child = fork();
	if (!child) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execv(argv[2], argv + 2);
		_exit(99);
	}
	while (programs < 2 && waitpid(child, &status, 0) == child &&
	       WIFSTOPPED(status)) {
		if (WSTOPSIG(status) == SIGTRAP)
			hide(!strcmp(argv[1], "vdso"));
		if (WSTOPSIG(status) == SIGTRAP && ++programs == 2) {
			ptrace(PTRACE_DETACH, child, NULL, NULL);
			waitpid(child, &status, 0);
			break;
		}
		ptrace(PTRACE_CONT, child, NULL,
		       WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status));
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
