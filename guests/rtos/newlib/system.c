/*
 * newlib's system calls in the kernel: memory, console output, and no files.
 */
#include <errno.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "console.h"
#include "cpu.h"
#include "panic.h"

#define MICROSECONDS 1000000u

void *sbrk(ptrdiff_t increment)
{
	static char *top, *end;
	char *before;
	size_t size;

	if (!top) {
		void *start;

		cpu_memory(&start, &size);
		top = start;
		end = top + size;
	}
	before = top;
	if (increment > end - top) {
		errno = ENOMEM;
		return (void *)-1;
	}
	top += increment;
	return before;
}

_READ_WRITE_RETURN_TYPE write(int file, const void *bytes, size_t count)
{
	(void)file;
	console_write(bytes, count);
	return (_READ_WRITE_RETURN_TYPE)count;
}

static int no_file(void)
{
	errno = EBADF;
	return -1;
}

_READ_WRITE_RETURN_TYPE read(int file, void *bytes, size_t count)
{
	(void)file, (void)bytes, (void)count;
	return no_file();
}

int open(const char *path, int flags, ...)
{
	(void)path, (void)flags;
	errno = ENOENT;
	return -1;
}

int close(int file)
{
	(void)file;
	return no_file();
}

off_t lseek(int file, off_t offset, int whence)
{
	(void)file, (void)offset, (void)whence;
	return no_file();
}

int fstat(int file, struct stat *status)
{
	(void)file, (void)status;
	return no_file();
}

int isatty(int file)
{
	(void)file;
	errno = ENOTTY;
	return 0;
}

/* There are no signals and no other processes: abort() ends the machine. */
int kill(pid_t process, int number)
{
	(void)process;
	kernel_panic("signal %d", number);
}

pid_t getpid(void)
{
	return 1;
}

void _exit(int status)
{
	kernel_stop(status);
}

/* Time since the start: the kernel has no calendar. */
int gettimeofday(struct timeval *time, void *zone)
{
	const uint32_t ticks = clock_ticks(), rate = clock_rate();

	(void)zone;
	time->tv_sec = ticks / rate;
	time->tv_usec = (suseconds_t)(ticks % rate * (MICROSECONDS / rate));
	return 0;
}

clock_t times(struct tms *times)
{
	const clock_t since_start =
		(clock_t)((uint64_t)clock_ticks() * CLOCKS_PER_SEC / clock_rate());

	*times = (struct tms){ .tms_utime = since_start };
	return since_start;
}
