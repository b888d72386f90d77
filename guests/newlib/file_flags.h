/* The flags of open files, for fcntl(). Depends on nothing. */
#ifndef NEWLIB_FILE_FLAGS_H
#define NEWLIB_FILE_FLAGS_H

/* Remembers the flags of open(). */
void file_flags_opened(int file, int flags);

/* `copy` is a new number of an open file. */
void file_flags_copied(int file, int copy);

#endif
