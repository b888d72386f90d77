/* A timer for writes that may block. See last_report.h. */
#include <signal.h>
#include <unistd.h>

#include "last_report.h"

#define SECONDS 5

static int status_at_end;

static void end(int number)
{
	(void)number;
	_exit(status_at_end);
}

void last_report_outlive_reader(void)
{
	signal(SIGPIPE, SIG_IGN);
}

void last_report_begin(int status, bool ends_soon)
{
	sigset_t set;

	last_report_outlive_reader();
	if (!ends_soon)
		return;
	status_at_end = status;
	signal(SIGALRM, end);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	alarm(SECONDS);
}
