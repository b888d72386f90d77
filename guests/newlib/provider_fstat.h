/*
 * fstat() by a system call that takes a descriptor and no path, where the machine has
 * one: glibc's makes newfstatat, whose path no sandbox can check. On i386 it makes statx.
 * Include it after the definition of _FILE_OFFSET_BITS. Async-signal-safe.
 */
#ifndef PROVIDER_FSTAT_H
#define PROVIDER_FSTAT_H

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline int provider_fstat(int fd, struct stat *status)
{
#ifdef __x86_64__
	return (int)syscall(SYS_fstat, fd, status);
#else
	return fstat(fd, status);
#endif
}

#endif
