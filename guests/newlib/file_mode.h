/* The permissions of new files: umask(). Depends on nothing. */
#ifndef NEWLIB_FILE_MODE_H
#define NEWLIB_FILE_MODE_H

/* Returns `permissions` without the bits of umask(). */
int file_mode_allowed(int permissions);

#endif
