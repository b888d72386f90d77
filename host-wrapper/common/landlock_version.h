/*
 * The version of Landlock that the running kernel has. Launcher and runner ask the same
 * way, so that a report of the launcher holds for the runner. Depends on libc alone.
 */
#ifndef JUMPSLOT_LANDLOCK_VERSION_H
#define JUMPSLOT_LANDLOCK_VERSION_H

#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Numbers of Landlock's calls, the same on every architecture; older headers lack them.
 */
#define LANDLOCK_CREATE	  444
#define LANDLOCK_ADD	  445
#define LANDLOCK_RESTRICT 446

/* Version 1 would forbid moving files between directories. */
#define LANDLOCK_NEEDED 2

/* Returns 0 where Landlock is missing or turned off. */
static inline int landlock_version(void)
{
	long version = syscall(LANDLOCK_CREATE, NULL, 0, 1);

	return version > 0 ? (int)version : 0;
}

#endif
