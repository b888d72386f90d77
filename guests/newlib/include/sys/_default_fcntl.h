/*
 * newlib's part of <fcntl.h>, with a struct flock whose offsets are as wide as files and
 * whose process number has room for the host's.
 */
#ifndef JUMPSLOT_NEWLIB_DEFAULT_FCNTL_H
#define JUMPSLOT_NEWLIB_DEFAULT_FCNTL_H

#define flock jumpslot_narrow_flock
#include_next <sys/_default_fcntl.h>
#undef flock

struct flock {
	short l_type; /* F_RDLCK, F_WRLCK or F_UNLCK */
	short l_whence;
	off_t l_start;
	off_t l_len; /* 0: to the end of the file, however far it grows */
	pid_t l_pid; /* of F_GETLK: the host's number of the owner; 0 for a guest */
};

#endif
