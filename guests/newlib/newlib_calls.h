/*
 * newlib's system calls as external functions: one header for guest and provider. The C
 * libraries of guest and host differ in struct stat, open flags and errno numbers, so
 * only the types and numbers of this file cross between them. Depends on external_func.h,
 * <stddef.h> and <stdint.h>.
 *
 * Memory needs no call, since newlib takes it from the work area in the start
 * information. The guest ends by _CPU_Virtual_exec_stop_error().
 *
 * Files have numbers below NEWLIB_FILES. At the start, 0, 1 and 2 are the console (input,
 * output, errors); a new file gets the lowest number that is not in use. Paths are
 * relative to the one directory that the host gives the guest, with or without a leading
 * '/'.
 *
 * All functions are async-signal-safe.
 */
#ifndef NEWLIB_CALLS_H
#define NEWLIB_CALLS_H

#include <stddef.h>
#include <stdint.h>
#include <jumpslot/external_func.h>

#define NEWLIB_FILES	64
#define NEWLIB_MAX_PATH 1023 /* bytes in a path, its NUL not counted */

/*
 * Errors: X(number, name in <errno.h>). A call that fails returns the negative of one of
 * these numbers, which are the same for every host. All other errors are EIO.
 */
/* clang-format off */
#define NEWLIB_ERRORS(X) \
	X(1, EPERM) X(2, ENOENT) X(3, EIO) X(4, EBADF) X(5, EAGAIN) \
	X(6, ENOMEM) X(7, EACCES) X(8, EFAULT) X(9, EBUSY) X(10, EEXIST) \
	X(11, ENOTDIR) X(12, EISDIR) X(13, EINVAL) X(14, ENFILE) X(15, EMFILE) \
	X(16, ETXTBSY) X(17, EFBIG) X(18, ENOSPC) X(19, ESPIPE) X(20, EROFS) \
	X(21, EPIPE) X(22, ENAMETOOLONG) X(23, ENOTEMPTY) X(24, ELOOP) \
	X(25, EOVERFLOW) X(26, ENOSYS) X(27, EDQUOT) X(28, EINTR) X(29, EDEADLK) \
	X(30, ENOLCK) X(31, ENOTTY) X(32, EMLINK) X(33, EXDEV)
/* clang-format on */

/* NEWLIB_EPERM and so on. */
#define NEWLIB_ERROR_NAME(number, name) NEWLIB_##name = number,
enum newlib_error { NEWLIB_ERRORS(NEWLIB_ERROR_NAME) };

/* Flags of newlib_open(): reading, writing or both, and any of the others. */
enum newlib_how {
	NEWLIB_READ = 0x1,
	NEWLIB_WRITE = 0x2,
	NEWLIB_APPEND = 0x4,
	NEWLIB_CREATE = 0x8,
	NEWLIB_EXCLUSIVE = 0x10, /* with NEWLIB_CREATE: must not exist yet */
	NEWLIB_TRUNCATE = 0x20,
};

/* The origin of newlib_seek(). */
enum newlib_whence { NEWLIB_START, NEWLIB_HERE, NEWLIB_END };

/* The clocks of newlib_clock(). */
enum newlib_clock {
	NEWLIB_WALL_CLOCK,   /* since the start of 1970, UTC */
	NEWLIB_CPU_CLOCK,    /* processor time of this guest */
	NEWLIB_STEADY_CLOCK, /* since an unknown start; nobody sets it */
	NEWLIB_COARSE_CLOCK, /* the wall clock at the host's last tick; cheap to read */
};

/* Rights that newlib_access() asks for. */
enum newlib_right {
	NEWLIB_MAY_EXECUTE = 0x1,
	NEWLIB_MAY_WRITE = 0x2,
	NEWLIB_MAY_READ = 0x4,
};

enum newlib_kind {
	NEWLIB_FILE,
	NEWLIB_DIRECTORY,
	NEWLIB_TERMINAL,
	NEWLIB_STREAM, /* a pipe, or anything else without a position */
	NEWLIB_LINK,   /* a symbolic link, not followed */
};

/* All structures have the same layout for 32 and 64 bit. Times are on NEWLIB_WALL_CLOCK.
 */
struct newlib_status {
	uint32_t kind;	      /* enum newlib_kind */
	uint32_t permissions; /* rwxrwxrwx */
	int64_t size;	      /* bytes; 0 unless NEWLIB_FILE or NEWLIB_LINK */
	int64_t accessed_ns;
	int64_t modified_ns; /* the contents */
	int64_t changed_ns;  /* the contents or this status */
	int64_t blocks;	     /* of 512 bytes, on the host's storage */
	uint64_t device;     /* device and number together tell files apart */
	uint64_t number;
	uint64_t links;
};

/* An entry of a directory. */
struct newlib_entry {
	uint64_t number;
	uint32_t kind;	/* enum newlib_kind; NEWLIB_STREAM for all others */
	char name[260]; /* ends with a NUL */
};

enum newlib_lock_kind { NEWLIB_UNLOCKED, NEWLIB_SHARED, NEWLIB_EXCLUSIVE_LOCK };

/* Operations of newlib_lock(). */
enum newlib_lock_how {
	NEWLIB_TEST_LOCK, /* fills in a lock that is in the way, or NEWLIB_UNLOCKED */
	NEWLIB_TRY_LOCK,  /* EAGAIN if another process has a lock that is in the way */
	NEWLIB_WAIT_FOR_LOCK, /* goes on waiting after an interrupt */
};

/* A range of bytes that a process locks. */
struct newlib_lock {
	uint32_t kind;	 /* enum newlib_lock_kind */
	uint32_t origin; /* enum newlib_whence */
	int64_t start;
	int64_t length;	 /* 0: to the end, however far the file grows */
	int64_t process; /* of NEWLIB_TEST_LOCK: the host's number of the owner, or 0 */
};

/* Events of newlib_poll(). */
enum newlib_event {
	NEWLIB_READABLE = 0x1,
	NEWLIB_WRITABLE = 0x2,
	NEWLIB_FAILED = 0x4, /* only as a result, like the next two */
	NEWLIB_HUNG_UP = 0x8,
	NEWLIB_NOT_OPEN = 0x10,
};

struct newlib_poll {
	int32_t file;	 /* negative: nothing to wait for */
	uint16_t wanted; /* enum newlib_event */
	uint16_t found;
};

/* Modes and size of a terminal. */
enum newlib_terminal_mode {
	NEWLIB_LINES = 0x1,    /* input comes in whole lines, which the user can edit */
	NEWLIB_ECHO = 0x2,     /* the terminal shows what the user types */
	NEWLIB_SIGNALS = 0x4,  /* Ctrl-C and the like are signals to the host */
	NEWLIB_CR_TO_NL = 0x8, /* of input */
	NEWLIB_NL_TO_CRNL = 0x10, /* of output */
};

struct newlib_terminal {
	uint32_t modes;		/* enum newlib_terminal_mode */
	uint32_t rows, columns; /* 0: not known */
	uint32_t baud;
};

/* Times that newlib_set_times() does not take as a number. */
#define NEWLIB_TIME_NOW	 INT64_MIN
#define NEWLIB_TIME_KEEP (INT64_MIN + 1)

/*
 * Opens a regular file below the guest's directory; `permissions` apply to a file that it
 * creates. NEWLIB_READ alone also opens a directory, for newlib_sync(). Returns the
 * file's number.
 */
EXTERNAL_FUNC(int, newlib_open, const char *, int, int)
EXTERNAL_FUNC(int, newlib_close, int)

/*
 * Return another number of an open file, which shares its position: the lowest one from
 * the second argument on; or just that one, which is closed first, if it is open and
 * another one.
 */
EXTERNAL_FUNC(int, newlib_duplicate, int, int)
EXTERNAL_FUNC(int, newlib_duplicate_to, int, int)

/*
 * Return the number of bytes, at most INT_MAX; newlib_read() returns 0 at the end. The
 * guest takes interrupts while newlib_read() waits for input, which it then goes on with.
 */
EXTERNAL_FUNC(int, newlib_read, int, void *, size_t)
EXTERNAL_FUNC(int, newlib_write, int, const void *, size_t)

/* The same at an offset; the file's position stays. */
EXTERNAL_FUNC(int, newlib_read_at, int, void *, size_t, int64_t)
EXTERNAL_FUNC(int, newlib_write_at, int, const void *, size_t, int64_t)

/* Return 0. newlib_sync() returns when the contents are on the host's storage. */
EXTERNAL_FUNC(int, newlib_truncate, int, int64_t)
EXTERNAL_FUNC(int, newlib_sync, int)

/* Returns the new position. */
EXTERNAL_FUNC(int64_t, newlib_seek, int, int64_t, int)

/* Return 0. Follow a symbolic link at the end of the path. */
EXTERNAL_FUNC(int, newlib_status_of_file, int, struct newlib_status *)
EXTERNAL_FUNC(int, newlib_status_of_path, const char *, struct newlib_status *)

/* Return 0. Do not follow a symbolic link at the end of the path. */
EXTERNAL_FUNC(int, newlib_status_of_link, const char *, struct newlib_status *)
EXTERNAL_FUNC(int, newlib_make_directory, const char *, int)
EXTERNAL_FUNC(int, newlib_remove_directory, const char *)
EXTERNAL_FUNC(int, newlib_unlink, const char *)
EXTERNAL_FUNC(int, newlib_rename, const char *, const char *)

/*
 * Return 0. newlib_link() gives the file of the first path a second one; of a symbolic
 * link, to the link itself. newlib_symlink() makes the second path a symbolic link to a
 * text, which may not start with '/' (EACCES): the host's '/' is not the guest's.
 */
EXTERNAL_FUNC(int, newlib_link, const char *, const char *)
EXTERNAL_FUNC(int, newlib_symlink, const char *, const char *)

/* Returns 0 if the runner's user has all of these rights; 0 as rights: if it exists. */
EXTERNAL_FUNC(int, newlib_access, const char *, int)

/* Return 0. Times of access and of modification, or NEWLIB_TIME_NOW, NEWLIB_TIME_KEEP. */
EXTERNAL_FUNC(int, newlib_set_times, const char *, int64_t, int64_t)
EXTERNAL_FUNC(int, newlib_set_times_of_file, int, int64_t, int64_t)
EXTERNAL_FUNC(int, newlib_set_permissions, const char *, int)
EXTERNAL_FUNC(int, newlib_set_permissions_of_file, int, int)

/* Returns the bytes of a symbolic link's text that it stored, without a NUL. */
EXTERNAL_FUNC(int, newlib_read_link, const char *, void *, size_t)

/*
 * Returns 0. The lock is the host's, of the host's file, and belongs to the whole guest:
 * closing any of the guest's files that is the same file releases it.
 */
EXTERNAL_FUNC(int, newlib_lock, int, struct newlib_lock *, int)

/*
 * newlib_open_directory() returns a number as newlib_open() does, for newlib_close(),
 * newlib_seek() to the start, and newlib_read_directory(). That returns 1 and fills in
 * the next entry, or returns 0 at the end.
 */
EXTERNAL_FUNC(int, newlib_open_directory, const char *)
EXTERNAL_FUNC(int, newlib_read_directory, int, struct newlib_entry *)

/* Sleeps; returns 0, or the nanoseconds that are left after an interrupt. */
EXTERNAL_FUNC(int64_t, newlib_sleep, int64_t)

/*
 * Waits until one of `count` files has a wanted event, at most the nanoseconds, or
 * without end if these are negative. Returns the number of files with events; EINTR after
 * an interrupt.
 */
EXTERNAL_FUNC(int, newlib_poll, struct newlib_poll *, int, int64_t)

/* Returns 0, or ENOTTY if the file is not a terminal. */
EXTERNAL_FUNC(int, newlib_terminal, int, struct newlib_terminal *)

/* Returns the number of the guest's process: it tells guests apart, and is not the
 * host's. */
EXTERNAL_FUNC(int, newlib_process)

/* Fills in at most 256 random bytes. Returns 0. */
EXTERNAL_FUNC(int, newlib_random, void *, size_t)

/* Returns nanoseconds. */
EXTERNAL_FUNC(int64_t, newlib_clock, int)

#endif
