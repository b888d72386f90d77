/*
 * The system calls of Linux that a partition has a replacement for, under the names of
 * glibc's functions: the console and clocks. The console is a stream without a
 * position. The launcher has the same list (launcher/link/partition_calls.c). Depends on
 * the monitor's runtime, and on glibc's headers for types.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <jumpslot/virt_bsp.h>
#include "library.h"

#define NS_PER_SECOND 1000000000
#define LOOK_EVERY_NS 1000000 /* for input */
#define END_OF_INPUT  4	      /* Ctrl-D: a serial line has no end */
#define PROCESS	      1

int *__errno_location(void);

int *__errno_location(void)
{
	static int number;

	return &number;
}

static int failed(int number)
{
	errno = number;
	return -1;
}

static bool is_console(int fd)
{
	return fd >= STDIN_FILENO && fd <= STDERR_FILENO;
}

/* A negative errno becomes -1. */
static int checked(int result)
{
	return result < 0 ? failed(-result) : result;
}

ssize_t write(int fd, const void *bytes, size_t count)
{
	if (fd == STDOUT_FILENO)
		return checked(_BSP_Virtual_Console_write(bytes, count));
	if (fd == STDERR_FILENO)
		return checked(_BSP_Virtual_Console_error(bytes, count));
	return failed(EBADF);
}

static int next_byte(void)
{
	int byte;

	while ((byte = _BSP_Virtual_Console_read()) < 0)
		monitor_wait(_BSP_Virtual_Clock_read() + LOOK_EVERY_NS);
	return byte;
}

/* Reads at most a line, and waits for its first byte alone. */
ssize_t read(int fd, void *buffer, size_t count)
{
	char *to = buffer;
	int byte;

	if (fd != STDIN_FILENO)
		return failed(EBADF);
	count = count > INT_MAX ? INT_MAX : count;
	byte = count ? next_byte() : END_OF_INPUT;
	while (byte >= 0 && byte != END_OF_INPUT) {
		*to++ = (char)byte;
		if (byte == '\n' || to == (char *)buffer + count)
			break;
		byte = _BSP_Virtual_Console_read();
	}
	return to - (char *)buffer;
}

int close(int fd)
{
	return is_console(fd) ? 0 : failed(EBADF);
}

off_t lseek(int fd, off_t offset, int whence)
{
	(void)offset;
	(void)whence;
	return failed(is_console(fd) ? ESPIPE : EBADF);
}

ssize_t pread(int fd, void *buffer, size_t count, off_t offset)
{
	(void)buffer;
	(void)count;
	(void)offset;
	return failed(is_console(fd) ? ESPIPE : EBADF);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset)
{
	(void)bytes;
	(void)count;
	(void)offset;
	return failed(is_console(fd) ? ESPIPE : EBADF);
}

int fsync(int fd)
{
	return failed(is_console(fd) ? EINVAL : EBADF);
}

int fstat(int fd, struct stat *status)
{
	if (!is_console(fd))
		return failed(EBADF);
	memset(status, 0, sizeof(*status));
	status->st_mode = S_IFIFO | 0600;
	status->st_nlink = 1;
	return 0;
}

int isatty(int fd)
{
	errno = is_console(fd) ? ENOTTY : EBADF;
	return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	(void)request;
	return failed(is_console(fd) ? ENOTTY : EBADF);
}

int fcntl(int fd, int command, ...)
{
	if (!is_console(fd))
		return failed(EBADF);
	if (command == F_GETFD)
		return 0;
	if (command == F_GETFL)
		return fd == STDIN_FILENO ? O_RDONLY : O_WRONLY;
	return failed(EINVAL);
}

/* Output never waits for room. */
int poll(struct pollfd *files, nfds_t count, int timeout)
{
	int ready = 0;

	(void)timeout;
	for (nfds_t i = 0; i < count; i++) {
		const bool is_output = is_console(files[i].fd) && files[i].fd;

		files[i].revents = is_output ? files[i].events & POLLOUT : POLLNVAL;
		ready += files[i].revents != 0;
	}
	return ready;
}

/* Every clock counts from the start of the partition. */
int clock_gettime(clockid_t which, struct timespec *time)
{
	const uint64_t now = _BSP_Virtual_Clock_read();

	(void)which;
	time->tv_sec = (time_t)(now / NS_PER_SECOND);
	time->tv_nsec = (long)(now % NS_PER_SECOND);
	return 0;
}

static void set_rest(struct timespec *rest, uint64_t ns)
{
	if (!rest)
		return;
	rest->tv_sec = (time_t)(ns / NS_PER_SECOND);
	rest->tv_nsec = (long)(ns % NS_PER_SECOND);
}

/* An interrupt of the guest ends it, as a signal would. */
int nanosleep(const struct timespec *time, struct timespec *rest)
{
	const uint64_t now = _BSP_Virtual_Clock_read();
	uint64_t end, after;

	if (time->tv_sec < 0 || time->tv_nsec < 0 || time->tv_nsec >= NS_PER_SECOND)
		return failed(EINVAL);
	if ((uint64_t)time->tv_sec >= INT64_MAX / NS_PER_SECOND / 2)
		return failed(EINVAL);
	end = now + (uint64_t)time->tv_sec * NS_PER_SECOND + (uint64_t)time->tv_nsec;
	if (!monitor_wait(end))
		return 0;
	after = _BSP_Virtual_Clock_read();
	set_rest(rest, after < end ? end - after : 0);
	return failed(EINTR);
}

pid_t getpid(void)
{
	return PROCESS;
}

/* The system calls that a provider makes without a function of glibc. */
long syscall(long number, ...)
{
#ifdef SYS_fstat
	va_list arguments;
	int fd;

	if (number == SYS_fstat) {
		va_start(arguments, number);
		fd = va_arg(arguments, int);
		fd = fstat(fd, va_arg(arguments, struct stat *));
		va_end(arguments);
		return fd;
	}
#endif
	(void)number;
	return failed(ENOSYS);
}
