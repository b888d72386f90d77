/* Calls that need no host. Depends on nothing. */
#ifndef NEWLIB_ANSWERS_H
#define NEWLIB_ANSWERS_H

/* Returns `permissions` without the bits of umask(). */
int answers_without_umask(int permissions);

/* Remembers the flags of an open file for fcntl(). */
void answers_opened(int file, int flags);

#endif
