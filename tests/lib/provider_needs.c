/*
 * Linked into each provider of a test that states no system calls of its own: those that
 * the functions of tests make. Tests of the sandbox state exactly what they are about.
 */
#include <jumpslot/provider.h>

#ifndef ALSO_NEEDS
#define ALSO_NEEDS JUMPSLOT_ALLOW("rt_sigprocmask")
#endif

JUMPSLOT_SYSCALLS_ALWAYS(JUMPSLOT_NEEDS_STDOUT, JUMPSLOT_NEEDS_STDERR,
			 JUMPSLOT_NEEDS_MALLOC, JUMPSLOT_NEEDS_CLOCK,
			 JUMPSLOT_NEEDS_FUTEX, JUMPSLOT_ALLOW("rt_sigprocmask"),
			 ALSO_NEEDS)
