/*
 * The system calls of each function of the provider, for the sandbox. On i386, sizes and
 * times are 64 bits wide, which takes calls of other names. Descriptors are of any value:
 * the guest has no others than the console's and those that it opened.
 */
#define _GNU_SOURCE
#include <jumpslot/provider.h>
#include <asm/ioctls.h>
#include <fcntl.h>

#define OPEN  JUMPSLOT_ALLOW("openat2")
#define CLOSE JUMPSLOT_ALLOW("close")
/* fstat(), which asks about the descriptor itself. */
#define STATUS                                                                           \
	JUMPSLOT_ALLOW_IF("x86_64:newfstatat",                                           \
			  JUMPSLOT_ARG_BITS(3, AT_EMPTY_PATH, AT_EMPTY_PATH)),           \
		JUMPSLOT_ALLOW_IF("i386:statx",                                          \
				  JUMPSLOT_ARG_BITS(2, AT_EMPTY_PATH, AT_EMPTY_PATH))
#define IS_TERMINAL JUMPSLOT_ALLOW_IF("ioctl", JUMPSLOT_ARG(1, TCGETS))
#define SEEK	    JUMPSLOT_ALLOW("x86_64:lseek"), JUMPSLOT_ALLOW("i386:_llseek")

JUMPSLOT_SYSCALLS(newlib_open, OPEN, STATUS, CLOSE)
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
JUMPSLOT_SYSCALLS(newlib_status_of_path, OPEN, STATUS, IS_TERMINAL, CLOSE)
JUMPSLOT_SYSCALLS(newlib_status_of_link, OPEN, STATUS, IS_TERMINAL, CLOSE)
JUMPSLOT_SYSCALLS(newlib_access, OPEN, CLOSE,
		  JUMPSLOT_ALLOW_IF("faccessat2",
				    JUMPSLOT_ARG_BITS(3, AT_EMPTY_PATH, AT_EMPTY_PATH)))
JUMPSLOT_SYSCALLS(newlib_open_directory, OPEN)
JUMPSLOT_SYSCALLS(newlib_read_directory, JUMPSLOT_ALLOW("getdents64"), SEEK)
JUMPSLOT_SYSCALLS(newlib_make_directory, OPEN, JUMPSLOT_ALLOW("mkdirat"), CLOSE)
JUMPSLOT_SYSCALLS(newlib_remove_directory, OPEN,
		  JUMPSLOT_ALLOW_IF("unlinkat", JUMPSLOT_ARG(2, AT_REMOVEDIR)), CLOSE)
JUMPSLOT_SYSCALLS(newlib_unlink, OPEN, JUMPSLOT_ALLOW_IF("unlinkat", JUMPSLOT_ARG(2, 0)),
		  CLOSE)
JUMPSLOT_SYSCALLS(newlib_rename, OPEN, JUMPSLOT_ALLOW("renameat"), CLOSE)
JUMPSLOT_SYSCALLS(newlib_clock, JUMPSLOT_NEEDS_CLOCK)
JUMPSLOT_SYSCALLS(newlib_sleep, JUMPSLOT_ALLOW("clock_nanosleep"),
		  JUMPSLOT_ALLOW("i386:clock_nanosleep_time64"),
		  JUMPSLOT_ALLOW("restart_syscall"))
