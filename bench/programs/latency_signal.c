/*
 * The peer of latency_guest.c: a periodic timer that sends a signal to a thread in
 * sigsuspend(). Arguments: PERIOD-NS COUNT. Prints each latency in ns.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000u
#define MOST   20000

static uint64_t late[MOST];
static volatile uint64_t count;
static uint64_t next, period, wanted;

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

static struct timespec as_timespec(uint64_t ns)
{
	return (struct timespec){ (time_t)(ns / SECOND), (long)(ns % SECOND) };
}

static void handler(int number)
{
	uint64_t now = now_ns();

	(void)number;
	if (now < next)
		return;
	while (next + period <= now)
		next += period;
	if (count < wanted)
		late[count++] = now - next;
	next += period;
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = handler };
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID,
				  .sigev_signo = SIGUSR1 };
	struct itimerspec interval;
	sigset_t with, without;
	timer_t timer;

	if (argc != 3)
		return 1;
	period = strtoull(argv[1], NULL, 10);
	wanted = strtoull(argv[2], NULL, 10);
	wanted = wanted < MOST ? wanted : MOST;
	sigaction(SIGUSR1, &action, NULL);
	sigemptyset(&with);
	sigaddset(&with, SIGUSR1);
	sigprocmask(SIG_BLOCK, &with, &without);
	event._sigev_un._tid = gettid();
	if (timer_create(CLOCK_MONOTONIC, &event, &timer))
		return 1;
	next = now_ns() + period;
	interval = (struct itimerspec){ as_timespec(period), as_timespec(next) };
	timer_settime(timer, TIMER_ABSTIME, &interval, NULL);
	while (count < wanted)
		sigsuspend(&without);
	for (uint64_t i = 0; i < wanted; i++)
		printf("%" PRIu64 "\n", late[i]);
	return 0;
}
