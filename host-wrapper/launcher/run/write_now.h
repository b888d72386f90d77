/*
 * Writes that never wait, to a descriptor that other processes may share: O_NONBLOCK on
 * it would be seen by them, too. Depends on nothing.
 */
#ifndef JUMPSLOT_WRITE_NOW_H
#define JUMPSLOT_WRITE_NOW_H

#include <stddef.h>
#include <sys/types.h>

/* Returns a description of `fd` that never blocks if it can be opened again, or `fd`. */
int write_now_open(int fd);

/* Closes it, unless it is `fd`. */
void write_now_close(int to, int fd);

/* After poll() found `to` ready: writes as much as it takes at once. Like write(). */
ssize_t write_now(int to, int fd, const char *bytes, size_t size);

#endif
