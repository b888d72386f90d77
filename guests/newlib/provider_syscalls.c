/*
 * The system calls of each function of the provider, for the sandbox. On i386, sizes and
 * times are 64 bits wide, which takes calls of other names. No rule checks a descriptor:
 * by a system call of its own the guest reaches each that is open in the process, those
 * of the console, of lines, and of other providers too.
 */
#define _GNU_SOURCE
#include <jumpslot/provider.h>
#include <asm/ioctls.h>
#include <fcntl.h>

/* Permissions without the bits of set-user-ID, set-group-ID and sticky files. */
#define NO_SET_ID(argument) JUMPSLOT_ARG_BITS(argument, 07000, 0)
#define CLOSE		    JUMPSLOT_ALLOW("close")
/* See provider_fstat.h. */
#define STATUS                                                                           \
	JUMPSLOT_ALLOW("x86_64:fstat"),                                                  \
		JUMPSLOT_ALLOW_IF("i386:statx",                                          \
				  JUMPSLOT_ARG_BITS(2, AT_EMPTY_PATH, AT_EMPTY_PATH))
/*
 * openat2(), or a walk by the others: that gives the guest's own code no more, since the
 * sandbox cannot see which path either of them opens.
 */
#define OPEN                                                                             \
	JUMPSLOT_ALLOW("openat2"), CLOSE, STATUS,                                        \
		JUMPSLOT_ALLOW_IF("openat",                                              \
				  JUMPSLOT_ARG_BITS(2, O_NOFOLLOW, O_NOFOLLOW),          \
				  NO_SET_ID(3)),                                         \
		JUMPSLOT_ALLOW("readlinkat")
/* A path tells the guest's own code no more than opening it by O_PATH does. */
#define STATUS_OF_NAME                                                                   \
	JUMPSLOT_ALLOW_IF("x86_64:newfstatat", JUMPSLOT_ARG_BITS(3, AT_SYMLINK_NOFOLLOW, \
								 AT_SYMLINK_NOFOLLOW)),  \
		JUMPSLOT_ALLOW_IF(                                                       \
			"i386:statx",                                                    \
			JUMPSLOT_ARG_BITS(2, AT_SYMLINK_NOFOLLOW, AT_SYMLINK_NOFOLLOW))
#define LOCK(command)                                                                    \
	JUMPSLOT_ALLOW_IF("x86_64:fcntl", JUMPSLOT_ARG(1, F_##command)),                 \
		JUMPSLOT_ALLOW_IF("i386:fcntl64", JUMPSLOT_ARG(1, F_##command##64))
/* futimens(), which passes no path. */
#define NO_PATH JUMPSLOT_ARG_BITS(1, UINT64_MAX, 0)
#define SET_TIMES                                                                        \
	JUMPSLOT_ALLOW_IF("utimensat", NO_PATH),                                         \
		JUMPSLOT_ALLOW_IF("i386:utimensat_time64", NO_PATH)
#define SET_PERMISSIONS JUMPSLOT_ALLOW_IF("fchmod", NO_SET_ID(1))
/* A console that is full and non-blocking. */
#define WAIT_TO_WRITE                                                                    \
	JUMPSLOT_ALLOW_IF("poll", JUMPSLOT_ARG(1, 1), JUMPSLOT_ARG(2, -1)),              \
		JUMPSLOT_ALLOW("restart_syscall")
#define IS_TERMINAL JUMPSLOT_ALLOW_IF("ioctl", JUMPSLOT_ARG(1, TCGETS))
#define SEEK	    JUMPSLOT_ALLOW("x86_64:lseek"), JUMPSLOT_ALLOW("i386:_llseek")

JUMPSLOT_SYSCALLS(newlib_open, OPEN)
JUMPSLOT_SYSCALLS(newlib_close, CLOSE)
JUMPSLOT_SYSCALLS(newlib_read, JUMPSLOT_ALLOW("read"))
JUMPSLOT_SYSCALLS(newlib_write, JUMPSLOT_ALLOW("write"), WAIT_TO_WRITE)
JUMPSLOT_SYSCALLS(newlib_read_at, JUMPSLOT_ALLOW("pread64"))
JUMPSLOT_SYSCALLS(newlib_write_at, JUMPSLOT_ALLOW("pwrite64"))
JUMPSLOT_SYSCALLS(newlib_seek, SEEK)
JUMPSLOT_SYSCALLS(newlib_truncate, JUMPSLOT_ALLOW("x86_64:ftruncate"),
		  JUMPSLOT_ALLOW("i386:ftruncate64"))
JUMPSLOT_SYSCALLS(newlib_sync, JUMPSLOT_ALLOW("fsync"))
JUMPSLOT_SYSCALLS(newlib_status_of_file, STATUS, IS_TERMINAL)
JUMPSLOT_SYSCALLS(newlib_status_of_path, OPEN, STATUS_OF_NAME, IS_TERMINAL)
JUMPSLOT_SYSCALLS(newlib_status_of_link, OPEN, STATUS_OF_NAME, IS_TERMINAL)
JUMPSLOT_SYSCALLS(newlib_access, OPEN, JUMPSLOT_ALLOW("access"),
		  JUMPSLOT_ALLOW_IF("faccessat2",
				    JUMPSLOT_ARG_BITS(3, AT_EMPTY_PATH, AT_EMPTY_PATH)))
JUMPSLOT_SYSCALLS(newlib_open_directory, OPEN)
JUMPSLOT_SYSCALLS(newlib_read_directory, JUMPSLOT_ALLOW("getdents64"), SEEK)
JUMPSLOT_SYSCALLS(newlib_make_directory, OPEN, JUMPSLOT_ALLOW_IF("mkdirat", NO_SET_ID(2)))
JUMPSLOT_SYSCALLS(newlib_remove_directory, OPEN,
		  JUMPSLOT_ALLOW_IF("unlinkat", JUMPSLOT_ARG(2, AT_REMOVEDIR)))
JUMPSLOT_SYSCALLS(newlib_unlink, OPEN, JUMPSLOT_ALLOW_IF("unlinkat", JUMPSLOT_ARG(2, 0)))
JUMPSLOT_SYSCALLS(newlib_rename, OPEN, JUMPSLOT_ALLOW("renameat"))
JUMPSLOT_SYSCALLS(newlib_clock, JUMPSLOT_NEEDS_CLOCK)
JUMPSLOT_SYSCALLS(newlib_sleep, JUMPSLOT_ALLOW("clock_nanosleep"),
		  JUMPSLOT_ALLOW("i386:clock_nanosleep_time64"),
		  JUMPSLOT_ALLOW("restart_syscall"))
JUMPSLOT_SYSCALLS(newlib_set_times, OPEN, SET_TIMES)
JUMPSLOT_SYSCALLS(newlib_set_times_of_file, SET_TIMES)
JUMPSLOT_SYSCALLS(newlib_set_permissions, OPEN, SET_PERMISSIONS)
JUMPSLOT_SYSCALLS(newlib_set_permissions_of_file, SET_PERMISSIONS)
JUMPSLOT_SYSCALLS(newlib_read_link, OPEN)
JUMPSLOT_SYSCALLS(newlib_lock, LOCK(GETLK), LOCK(SETLK), LOCK(SETLKW))
JUMPSLOT_SYSCALLS(newlib_poll, JUMPSLOT_ALLOW("ppoll"),
		  JUMPSLOT_ALLOW("i386:ppoll_time64"))
JUMPSLOT_SYSCALLS(newlib_terminal, IS_TERMINAL,
		  JUMPSLOT_ALLOW_IF("ioctl", JUMPSLOT_ARG(1, TIOCGWINSZ)))
JUMPSLOT_SYSCALLS(newlib_random, JUMPSLOT_ALLOW("getrandom"))
JUMPSLOT_SYSCALLS(newlib_process, JUMPSLOT_ALLOW("getrandom"), JUMPSLOT_ALLOW("getpid"))

/* jumpslot_newlib_descriptor(), for functions of other providers. */
JUMPSLOT_SYSCALLS_ALWAYS(JUMPSLOT_ALLOW_IF("x86_64:fcntl", JUMPSLOT_ARG(1, F_GETFL)),
			 JUMPSLOT_ALLOW_IF("i386:fcntl64", JUMPSLOT_ARG(1, F_GETFL)))
