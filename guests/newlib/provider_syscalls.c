/*
 * The system calls of each function of the provider, for the sandbox. On i386, sizes and
 * times are 64 bits wide, which takes calls of other names. Calls that take a descriptor
 * take those that were opened after the guest's start, and not those of interrupt lines
 * and of other providers; where the console is a file like all others, that too.
 */
#define _GNU_SOURCE
#include <jumpslot/provider.h>
#include <asm/ioctls.h>
#include <fcntl.h>

/* Permissions without the bits of set-user-ID, set-group-ID and sticky files. */
#define NO_SET_ID(argument) JUMPSLOT_ARG_BITS(argument, 07000, 0)
#define OPENED		    JUMPSLOT_ARG_OPENED(0)
#define FILE_OR_CONSOLE	    JUMPSLOT_ARG_FILE(0)
#define CLOSE		    JUMPSLOT_ALLOW_IF("close", OPENED)
/* See provider_fstat.h. */
#define STATUS                                                                           \
	JUMPSLOT_ALLOW_IF("x86_64:fstat", FILE_OR_CONSOLE),                              \
		JUMPSLOT_ALLOW_IF("i386:statx", FILE_OR_CONSOLE,                         \
				  JUMPSLOT_ARG_BITS(2, AT_EMPTY_PATH, AT_EMPTY_PATH))
/*
 * Ways to open: each names flags that must or must not be there. The sandbox cannot see
 * the path.
 */
#define WALK(...)                                                                        \
	CLOSE, STATUS, JUMPSLOT_ALLOW("readlinkat"),                                     \
		JUMPSLOT_ALLOW_IF("openat", __VA_ARGS__)
#define FLAGS(mask, flags) JUMPSLOT_ARG_BITS(2, (mask) | O_NOFOLLOW, (flags) | O_NOFOLLOW)
#define MAKES		   (O_CREAT | O_TRUNC | (__O_TMPFILE & ~O_DIRECTORY))
#define LOOK		   WALK(FLAGS(O_PATH, O_PATH))
#define OPEN_TO_LIST	   WALK(FLAGS(MAKES | O_ACCMODE, O_RDONLY))
#define OPEN_TO_CHANGE	   WALK(FLAGS(MAKES, 0))
#define OPEN		   WALK(FLAGS(0, 0), NO_SET_ID(3))
/* A path tells the guest's own code no more than opening it by O_PATH does. */
#define STATUS_OF_NAME                                                                   \
	JUMPSLOT_ALLOW_IF("x86_64:newfstatat", JUMPSLOT_ARG_BITS(3, AT_SYMLINK_NOFOLLOW, \
								 AT_SYMLINK_NOFOLLOW)),  \
		JUMPSLOT_ALLOW_IF(                                                       \
			"i386:statx",                                                    \
			JUMPSLOT_ARG_BITS(2, AT_SYMLINK_NOFOLLOW, AT_SYMLINK_NOFOLLOW))
#define LOCK(command)                                                                    \
	JUMPSLOT_ALLOW_IF("x86_64:fcntl", FILE_OR_CONSOLE,                               \
			  JUMPSLOT_ARG(1, F_##command)),                                 \
		JUMPSLOT_ALLOW_IF("i386:fcntl64", FILE_OR_CONSOLE,                       \
				  JUMPSLOT_ARG(1, F_##command##64))
#define DUPLICATE                                                                        \
	JUMPSLOT_ALLOW_IF("x86_64:fcntl", OPENED, JUMPSLOT_ARG(1, F_DUPFD_CLOEXEC)),     \
		JUMPSLOT_ALLOW_IF("i386:fcntl64", OPENED,                                \
				  JUMPSLOT_ARG(1, F_DUPFD_CLOEXEC))
/* futimens(), which passes no path. */
#define NO_PATH JUMPSLOT_ARG_BITS(1, UINT64_MAX, 0)
#define SET_TIMES                                                                        \
	JUMPSLOT_ALLOW_IF("utimensat", OPENED, NO_PATH),                                 \
		JUMPSLOT_ALLOW_IF("i386:utimensat_time64", OPENED, NO_PATH)
#define SET_PERMISSIONS JUMPSLOT_ALLOW_IF("fchmod", OPENED, NO_SET_ID(1))
/* A console that is full and non-blocking. */
#define WAIT_TO_WRITE                                                                    \
	JUMPSLOT_ALLOW_IF("poll", JUMPSLOT_ARG(1, 1), JUMPSLOT_ARG(2, -1)),              \
		JUMPSLOT_ALLOW("restart_syscall")
#define IS_TERMINAL JUMPSLOT_ALLOW_IF("ioctl", FILE_OR_CONSOLE, JUMPSLOT_ARG(1, TCGETS))
#define SEEK                                                                             \
	JUMPSLOT_ALLOW_IF("x86_64:lseek", FILE_OR_CONSOLE),                              \
		JUMPSLOT_ALLOW_IF("i386:_llseek", FILE_OR_CONSOLE)

JUMPSLOT_SYSCALLS(newlib_open, OPEN)
JUMPSLOT_SYSCALLS(newlib_close, CLOSE)
JUMPSLOT_SYSCALLS(newlib_read, JUMPSLOT_ALLOW_IF("read", FILE_OR_CONSOLE))
JUMPSLOT_SYSCALLS(newlib_write, JUMPSLOT_ALLOW_IF("write", FILE_OR_CONSOLE),
		  WAIT_TO_WRITE)
JUMPSLOT_SYSCALLS(newlib_read_at, JUMPSLOT_ALLOW_IF("pread64", FILE_OR_CONSOLE))
JUMPSLOT_SYSCALLS(newlib_write_at, JUMPSLOT_ALLOW_IF("pwrite64", FILE_OR_CONSOLE))
JUMPSLOT_SYSCALLS(newlib_seek, SEEK)
JUMPSLOT_SYSCALLS(newlib_truncate, JUMPSLOT_ALLOW_IF("x86_64:ftruncate", OPENED),
		  JUMPSLOT_ALLOW_IF("i386:ftruncate64", OPENED))
JUMPSLOT_SYSCALLS(newlib_sync, JUMPSLOT_ALLOW_IF("fsync", FILE_OR_CONSOLE))
JUMPSLOT_SYSCALLS(newlib_status_of_file, STATUS, IS_TERMINAL)
JUMPSLOT_SYSCALLS(newlib_status_of_path, LOOK, STATUS_OF_NAME, IS_TERMINAL)
JUMPSLOT_SYSCALLS(newlib_status_of_link, LOOK, STATUS_OF_NAME, IS_TERMINAL)
JUMPSLOT_SYSCALLS(newlib_access, LOOK, JUMPSLOT_ALLOW("access"),
		  JUMPSLOT_ALLOW_IF("faccessat2",
				    JUMPSLOT_ARG_BITS(3, AT_EMPTY_PATH, AT_EMPTY_PATH)))
JUMPSLOT_SYSCALLS(newlib_open_directory, OPEN_TO_LIST)
JUMPSLOT_SYSCALLS(newlib_read_directory, JUMPSLOT_ALLOW_IF("getdents64", OPENED), SEEK)
JUMPSLOT_SYSCALLS(newlib_make_directory, LOOK, JUMPSLOT_ALLOW_IF("mkdirat", NO_SET_ID(2)))
JUMPSLOT_SYSCALLS(newlib_remove_directory, LOOK,
		  JUMPSLOT_ALLOW_IF("unlinkat", JUMPSLOT_ARG(2, AT_REMOVEDIR)))
JUMPSLOT_SYSCALLS(newlib_unlink, LOOK, JUMPSLOT_ALLOW_IF("unlinkat", JUMPSLOT_ARG(2, 0)))
JUMPSLOT_SYSCALLS(newlib_rename, LOOK, JUMPSLOT_ALLOW("renameat"))
JUMPSLOT_SYSCALLS(newlib_link, LOOK, JUMPSLOT_ALLOW_IF("linkat", JUMPSLOT_ARG(4, 0)))
JUMPSLOT_SYSCALLS(newlib_symlink, LOOK, JUMPSLOT_ALLOW("symlinkat"))
JUMPSLOT_SYSCALLS(newlib_duplicate, DUPLICATE)
JUMPSLOT_SYSCALLS(newlib_duplicate_to, DUPLICATE, CLOSE)
JUMPSLOT_SYSCALLS(newlib_clock, JUMPSLOT_NEEDS_CLOCK)
JUMPSLOT_SYSCALLS(newlib_sleep, JUMPSLOT_ALLOW("clock_nanosleep"),
		  JUMPSLOT_ALLOW("i386:clock_nanosleep_time64"),
		  JUMPSLOT_ALLOW("restart_syscall"))
JUMPSLOT_SYSCALLS(newlib_set_times, OPEN_TO_CHANGE, SET_TIMES)
JUMPSLOT_SYSCALLS(newlib_set_times_of_file, SET_TIMES)
JUMPSLOT_SYSCALLS(newlib_set_permissions, OPEN_TO_CHANGE, SET_PERMISSIONS)
JUMPSLOT_SYSCALLS(newlib_set_permissions_of_file, SET_PERMISSIONS)
JUMPSLOT_SYSCALLS(newlib_read_link, LOOK)
JUMPSLOT_SYSCALLS(newlib_lock, LOCK(GETLK), LOCK(SETLK), LOCK(SETLKW))
JUMPSLOT_SYSCALLS(newlib_poll, JUMPSLOT_ALLOW("ppoll"),
		  JUMPSLOT_ALLOW("i386:ppoll_time64"))
JUMPSLOT_SYSCALLS(newlib_terminal, IS_TERMINAL,
		  JUMPSLOT_ALLOW_IF("ioctl", FILE_OR_CONSOLE,
				    JUMPSLOT_ARG(1, TIOCGWINSZ)))
JUMPSLOT_SYSCALLS(newlib_random, JUMPSLOT_ALLOW("getrandom"))
JUMPSLOT_SYSCALLS(newlib_process, JUMPSLOT_ALLOW("getrandom"), JUMPSLOT_ALLOW("getpid"))

/* jumpslot_newlib_descriptor(), for functions of other providers. */
JUMPSLOT_SYSCALLS_ALWAYS(JUMPSLOT_ALLOW_IF("x86_64:fcntl", FILE_OR_CONSOLE,
					   JUMPSLOT_ARG(1, F_GETFL)),
			 JUMPSLOT_ALLOW_IF("i386:fcntl64", FILE_OR_CONSOLE,
					   JUMPSLOT_ARG(1, F_GETFL)))
