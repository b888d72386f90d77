/*
 * Built-in services: the guest's console, on the standard descriptors. Guests
 * call them, so every argument is checked. Each is async-signal-safe.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jumpslot/provider.h>
#include <jumpslot/virt_bsp.h>

#include "plan_read.h"
#include "read_now.h"
#include "services.h"
#include "sources.h"
#include "vcpu/vcpu.h"

static struct {
	int fd;		 /* -1: no input, or it has ended */
	bool may_wait;	 /* read() waits for input */
	bool is_watched; /* the guest takes its interrupts */
} input = { .fd = -1 };

static int write_all(int fd, const char *bytes, size_t count)
{
	struct pollfd console = { .fd = fd, .events = POLLOUT };
	size_t done = 0;

	while (done < count) {
		ssize_t written = write(fd, bytes + done, count - done);

		if (written >= 0)
			done += (size_t)written;
		else if (errno == EAGAIN)
			poll(&console, 1, -1);
		else if (errno != EINTR)
			return done ? (int)done : -errno;
	}
	return (int)done;
}

static int write_checked(int fd, const char *bytes, size_t count)
{
	int host_errno = errno;
	int result;

	if (count > INT_MAX)
		count = INT_MAX;
	result = jumpslot_guest_range(bytes, count, JUMPSLOT_READ);
	if (!result)
		result = write_all(fd, bytes, count);
	errno = host_errno;
	return result;
}

#define NEEDS_CONSOLE                                                                    \
	JUMPSLOT_ALLOW_IF("poll", JUMPSLOT_ARG(1, 1), JUMPSLOT_ARG(2, -1)),              \
		JUMPSLOT_ALLOW("restart_syscall")

JUMPSLOT_SYSCALLS(_BSP_Virtual_Console_write, JUMPSLOT_NEEDS_STDOUT, NEEDS_CONSOLE)
int _BSP_Virtual_Console_write(const char *bytes, size_t count)
{
	return write_checked(STDOUT_FILENO, bytes, count);
}

JUMPSLOT_SYSCALLS(_BSP_Virtual_Console_error, JUMPSLOT_NEEDS_STDERR, NEEDS_CONSOLE)
int _BSP_Virtual_Console_error(const char *bytes, size_t count)
{
	return write_checked(STDERR_FILENO, bytes, count);
}

/*
 * Opens standard input again, with O_NONBLOCK: the flag of the shared descriptor would
 * hold for every process that has it. Fails for sockets and for files of other users.
 */
static int open_again(void)
{
	return open("/proc/self/fd/0", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static bool uses_input(const struct plan *plan)
{
	return plan_imports_name(plan, "_BSP_Virtual_Console_read") ||
	       plan_imports_name(plan, "_BSP_Virtual_Console_init");
}

int services_open_console(const struct plan *plan)
{
	int flags = uses_input(plan) ? fcntl(STDIN_FILENO, F_GETFL) : -1;
	struct stat status;

	if (flags < 0 || (flags & O_ACCMODE) == O_WRONLY || fstat(STDIN_FILENO, &status))
		return -1;
	/* A regular file never waits, and its offset must stay shared. */
	input.fd = S_ISREG(status.st_mode) ? STDIN_FILENO : open_again();
	if (input.fd < 0) {
		input.fd = STDIN_FILENO;
		input.may_wait = true;
	}
	return input.fd;
}

int _BSP_Virtual_Console_init(void)
{
	int host_errno = errno;

	if (!vcpu.state)
		return -EINVAL;
	input.is_watched = true;
	if (input.fd >= 0)
		sources_watch_console();
	errno = host_errno;
	return 0;
}

/* Reads the next byte. Returns 1; -EAGAIN: not yet; 0 or another error: the input has
 * ended. */
static ssize_t read_byte(unsigned char *byte)
{
	ssize_t count;

	do
		count = input.may_wait ? read_now(input.fd, byte, 1)
				       : read(input.fd, byte, 1);
	while (count < 0 && errno == EINTR);
	return count < 0 ? -errno : count;
}

JUMPSLOT_SYSCALLS(_BSP_Virtual_Console_read, READ_NOW_NEEDS(JUMPSLOT_CHECK_CONSOLE),
		  READ_NOW_NEEDS_POLL)
int _BSP_Virtual_Console_read(void)
{
	int host_errno = errno;
	unsigned char byte;
	ssize_t count = input.fd >= 0 ? read_byte(&byte) : 0;

	if (count == -EAGAIN && input.is_watched)
		sources_watch_console();
	else if (count <= 0 && count != -EAGAIN)
		input.fd = -1;
	errno = host_errno;
	return count > 0 ? byte : -1;
}
