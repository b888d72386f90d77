/* poll() in terms of newlib_calls.h. Depends on newlib and newlib_calls.h. */
#include <errno.h>
#include <poll.h>

#include "errors.h"
#include "newlib_calls.h"

/* <poll.h> has the numbers of newlib_calls.h. */
_Static_assert(POLLIN == NEWLIB_READABLE && POLLOUT == NEWLIB_WRITABLE &&
		       POLLERR == NEWLIB_FAILED && POLLHUP == NEWLIB_HUNG_UP &&
		       POLLNVAL == NEWLIB_NOT_OPEN,
	       "events are the same for guest and host");

#define NS_PER_MILLISECOND 1000000

int poll(struct pollfd *files, nfds_t count, int milliseconds)
{
	struct newlib_poll host[NEWLIB_FILES];
	int found;

	if (count > NEWLIB_FILES) {
		errno = EINVAL;
		return -1;
	}
	for (nfds_t i = 0; i < count; i++)
		host[i] = (struct newlib_poll){ .file = files[i].fd,
						.wanted = (uint16_t)files[i].events };
	found = (int)errors_take(newlib_poll(host, (int)count,
					     (int64_t)milliseconds * NS_PER_MILLISECOND));
	for (nfds_t i = 0; found >= 0 && i < count; i++)
		files[i].revents = (short)host[i].found;
	return found;
}
