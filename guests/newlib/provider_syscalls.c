/*
 * The system calls of each function of the provider, for the sandbox. On i386, sizes and
 * times are 64 bits wide, which takes calls of other names. Descriptors are of any value:
 * the guest has no others than the console's and those that it opened.
 */
#define _GNU_SOURCE
#include <jumpslot/provider.h>
#include <asm/ioctls.h>
#include <fcntl.h>

#define CLOSE JUMPSLOT_ALLOW("close")
/* fstat(), which asks about the descriptor itself. */
#define STATUS                                                                           \
	JUMPSLOT_ALLOW_IF("x86_64:newfstatat",                                           \
			  JUMPSLOT_ARG_BITS(3, AT_EMPTY_PATH, AT_EMPTY_PATH)),           \
		JUMPSLOT_ALLOW_IF("i386:statx",                                          \
				  JUMPSLOT_ARG_BITS(2, AT_EMPTY_PATH, AT_EMPTY_PATH))
/*
 * openat2(), or a walk by the others: that gives the guest's own code no more, since the
 * sandbox cannot see which path either of them opens.
 */
#define OPEN                                                                             \
	JUMPSLOT_ALLOW("openat2"), CLOSE, STATUS,                                        \
		JUMPSLOT_ALLOW_IF("openat",                                              \
				  JUMPSLOT_ARG_BITS(2, O_NOFOLLOW, O_NOFOLLOW)),         \
		JUMPSLOT_ALLOW("readlinkat")
#define LOCK(command)                                                                    \
	JUMPSLOT_ALLOW_IF("x86_64:fcntl", JUMPSLOT_ARG(1, F_##command)),                 \
		JUMPSLOT_ALLOW_IF("i386:fcntl64", JUMPSLOT_ARG(1, F_##command##64))
#define SET_TIMES   JUMPSLOT_ALLOW("utimensat"), JUMPSLOT_ALLOW("i386:utimensat_time64")
#define IS_TERMINAL JUMPSLOT_ALLOW_IF("ioctl", JUMPSLOT_ARG(1, TCGETS))
#define SEEK	    JUMPSLOT_ALLOW("x86_64:lseek"), JUMPSLOT_ALLOW("i386:_llseek")

JUMPSLOT_SYSCALLS(newlib_open, OPEN)
JUMPSLOT_SYSCALLS(newlib_close, CLOSE)
JUMPSLOT_SYSCALLS(newlib_read, JUMPSLOT_ALLOW("read"))
JUMPSLOT_SYSCALLS(newlib_write, JUMPSLOT_ALLOW("write"))
JUMPSLOT_SYSCALLS(newlib_read_at, JUMPSLOT_ALLOW("pread64"))
JUMPSLOT_SYSCALLS(newlib_write_at, JUMPSLOT_ALLOW("pwrite64"))
JUMPSLOT_SYSCALLS(newlib_seek, SEEK)
JUMPSLOT_SYSCALLS(newlib_truncate, JUMPSLOT_ALLOW("x86_64:ftruncate"),
		  JUMPSLOT_ALLOW("i386:ftruncate64"))
JUMPSLOT_SYSCALLS(newlib_sync, JUMPSLOT_ALLOW("fsync"))
JUMPSLOT_SYSCALLS(newlib_status_of_file, STATUS, IS_TERMINAL)
JUMPSLOT_SYSCALLS(newlib_status_of_path, OPEN, IS_TERMINAL)
JUMPSLOT_SYSCALLS(newlib_status_of_link, OPEN, IS_TERMINAL)
JUMPSLOT_SYSCALLS(newlib_access, OPEN, JUMPSLOT_ALLOW("access"),
		  JUMPSLOT_ALLOW_IF("faccessat2",
				    JUMPSLOT_ARG_BITS(3, AT_EMPTY_PATH, AT_EMPTY_PATH)))
JUMPSLOT_SYSCALLS(newlib_open_directory, OPEN)
JUMPSLOT_SYSCALLS(newlib_read_directory, JUMPSLOT_ALLOW("getdents64"), SEEK)
JUMPSLOT_SYSCALLS(newlib_make_directory, OPEN, JUMPSLOT_ALLOW("mkdirat"))
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
JUMPSLOT_SYSCALLS(newlib_set_permissions, OPEN, JUMPSLOT_ALLOW("chmod"))
JUMPSLOT_SYSCALLS(newlib_set_permissions_of_file, JUMPSLOT_ALLOW("fchmod"))
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
