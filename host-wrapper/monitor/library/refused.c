/*
 * Functions of glibc whose system calls no partition has, so that a provider which has
 * more functions can be linked. A guest does not reach them by a function that states its
 * system calls: the launcher reports that one as missing.
 */
#include <errno.h>

long refused(void);

long refused(void)
{
	errno = ENOSYS;
	return -1;
}

#define REFUSE(name) __asm__("	.globl " #name "\n	.set " #name ", refused\n");

REFUSE(__fstatat64_time64)
REFUSE(__futimens64)
REFUSE(__ppoll64)
REFUSE(access)
REFUSE(fchmod)
REFUSE(fstatat)
REFUSE(fstatat64)
REFUSE(ftruncate)
REFUSE(ftruncate64)
REFUSE(futimens)
REFUSE(getdents64)
REFUSE(getrandom)
REFUSE(linkat)
REFUSE(mkdirat)
REFUSE(open)
REFUSE(open64)
REFUSE(openat)
REFUSE(openat64)
REFUSE(ppoll)
REFUSE(readlinkat)
REFUSE(renameat)
REFUSE(symlinkat)
REFUSE(tcgetattr)
REFUSE(unlinkat)
