/* See provider_poll.h. */
#define _GNU_SOURCE
#include <jumpslot/provider.h>
#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>

#include "newlib_calls.h"
#include "provider_files.h"
#include "provider_poll.h"

#define NS_PER_SECOND 1000000000

static const struct {
	short host;
	uint16_t guest;
} events[] = {
	{ POLLIN, NEWLIB_READABLE },   { POLLOUT, NEWLIB_WRITABLE },
	{ POLLERR, NEWLIB_FAILED },    { POLLHUP, NEWLIB_HUNG_UP },
	{ POLLNVAL, NEWLIB_NOT_OPEN },
};

#define EVENTS (sizeof(events) / sizeof(events[0]))

static short to_host(uint16_t wanted)
{
	int result = 0;

	for (unsigned i = 0; i < EVENTS; i++)
		result |= wanted & events[i].guest ? events[i].host : 0;
	return (short)result;
}

static uint16_t to_guest(short found)
{
	unsigned result = 0;

	for (unsigned i = 0; i < EVENTS; i++)
		result |= found & events[i].host ? events[i].guest : 0;
	return (uint16_t)result;
}

/* Sets what the host is to wait for. Returns the number of files that are not open. */
static int ask(struct pollfd *host, const struct newlib_poll *files, int count)
{
	int not_open = 0;

	for (int i = 0; i < count; i++) {
		int file = files[i].file;

		host[i] = (struct pollfd){ .fd = files_descriptor(file),
					   .events = to_host(files[i].wanted) };
		if (file < 0 || host[i].fd >= 0)
			continue;
		host[i].fd = -1;
		host[i].revents = POLLNVAL;
		not_open++;
	}
	return not_open;
}

int poll_files(struct newlib_poll *files, int count, int64_t ns)
{
	struct pollfd host[NEWLIB_FILES];
	int not_open = ask(host, files, count);
	struct timespec time = { .tv_sec = ns / NS_PER_SECOND,
				 .tv_nsec = (long)(ns % NS_PER_SECOND) };
	static const struct timespec no_time;
	int found;

	found = ppoll(host, (nfds_t)count,
		      not_open ? &no_time
		      : ns < 0 ? NULL
			       : &time,
		      NULL);
	if (found < 0)
		return -errno;
	for (int i = 0; i < count; i++) {
		/* The kernel clears the events of a file that it does not look at. */
		if (host[i].fd < 0 && files[i].file >= 0)
			host[i].revents = POLLNVAL;
		files[i].found = to_guest(host[i].revents);
	}
	return found + not_open;
}

static uint32_t modes_of(const struct termios *host)
{
	return (host->c_lflag & ICANON ? NEWLIB_LINES : 0) |
	       (host->c_lflag & ECHO ? NEWLIB_ECHO : 0) |
	       (host->c_lflag & ISIG ? NEWLIB_SIGNALS : 0) |
	       (host->c_iflag & ICRNL ? NEWLIB_CR_TO_NL : 0) |
	       ((host->c_oflag & (OPOST | ONLCR)) == (OPOST | ONLCR) ? NEWLIB_NL_TO_CRNL
								     : 0);
}

int poll_terminal(int file, struct newlib_terminal *terminal)
{
	int fd = files_descriptor(file);
	struct winsize size = { 0 };
	struct termios host;

	if (fd < 0)
		return fd;
	if (tcgetattr(fd, &host))
		return -errno;
	ioctl(fd, TIOCGWINSZ, &size); /* stays 0 if the terminal has none */
	*terminal = (struct newlib_terminal){
		.modes = modes_of(&host),
		.rows = size.ws_row,
		.columns = size.ws_col,
	};
	return 0;
}
