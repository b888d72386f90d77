/*
 * Locks of files: the kernel's own, so that they work between guests and with programs of
 * the host. Depends on nothing.
 */
#ifndef PROVIDER_LOCKS_H
#define PROVIDER_LOCKS_H

struct newlib_lock;

/* As newlib_lock(); returns 0 or a negative errno of the host. Async-signal-safe. */
int locks_use(int file, struct newlib_lock *lock, int how);

#endif
