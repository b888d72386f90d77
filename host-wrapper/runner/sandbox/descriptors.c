/* One poll() finds what is open. See descriptors.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/plan.h"
#include "descriptors.h"

/* The number after the highest that is in use, or a negative errno. */
static int after_highest(void)
{
	struct pollfd numbers[PLAN_MAX_DESCRIPTORS] = { 0 };
	struct rlimit limit;
	int count = PLAN_MAX_DESCRIPTORS;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return -errno;
	if (limit.rlim_cur < PLAN_MAX_DESCRIPTORS)
		count = (int)limit.rlim_cur;
	for (int i = 0; i < count; i++)
		numbers[i].fd = i;
	if (poll(numbers, (nfds_t)count, 0) < 0)
		return -errno;
	while (count > 0 && numbers[count - 1].revents & POLLNVAL)
		count--;
	return count;
}

static int refuse(int error, struct message *message)
{
	return fail(message, error, "the sandbox needs descriptors: %s", strerror(error));
}

/* Copies of standard input, which is always open, fill the gaps: they give the guest
 * nothing that it does not have. */
int descriptors_fill(int *first, struct message *message)
{
	const int end = after_highest();
	int filler;

	if (end < 0)
		return refuse(-end, message);
	do
		filler = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
	while (filler >= 0 && filler < end);
	if (filler >= 0)
		close(filler);
	else if (errno != EMFILE) /* no number is left to the guest */
		return refuse(errno, message);
	*first = end;
	return 0;
}
