/*
 * The provider of interrupt_guest.c, which measures interrupts and bare signals in one
 * process. All functions are direct: the guest can be interrupted in each.
 */
#define _GNU_SOURCE
#include <jumpslot/provider.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "interrupt.h"
#include "pairs.h"

#define SECOND 1000000000u

static long repetitions, times;
static pid_t process, thread;

static void empty(int number)
{
	(void)number;
}

/* Options: REPETITIONS,TIMES. */
int jumpslot_provider_init(const char *options, char *message, size_t size)
{
	const struct sigaction action = { .sa_handler = empty, .sa_flags = SA_ONSTACK };

	process = getpid();
	thread = gettid();
	sigaction(SIGUSR1, &action, NULL);
	if (sscanf(options, "%ld,%ld", &repetitions, &times) == 2)
		return 0;
	snprintf(message, size, "options are REPETITIONS,TIMES");
	return -EINVAL;
}

EF(raise_interrupt)
JUMPSLOT_DIRECT(raise_interrupt)
void raise_interrupt(volatile uint64_t *pending)
{
	__atomic_fetch_or(pending, 1ull << BENCH_VECTOR, __ATOMIC_SEQ_CST);
	syscall(SYS_tgkill, process, thread, SIGURG);
}

EF(raise_signal)
JUMPSLOT_DIRECT(raise_signal)
void raise_signal(void)
{
	syscall(SYS_tgkill, process, thread, SIGUSR1);
}

EF(processor_time)
JUMPSLOT_DIRECT(processor_time)
uint64_t processor_time(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
}

EF(idle_bare)
JUMPSLOT_DIRECT(idle_bare)
void idle_bare(int periods, uint64_t period_ns)
{
	struct timespec period = { 0, (long)period_ns };
	struct itimerspec interval = { period, period };
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID,
				  .sigev_signo = SIGUSR1 };
	sigset_t with, without;
	timer_t timer;

	event._sigev_un._tid = thread;
	sigemptyset(&with);
	sigaddset(&with, SIGUSR1);
	sigprocmask(SIG_BLOCK, &with, &without);
	if (!timer_create(CLOCK_MONOTONIC, &event, &timer)) {
		timer_settime(timer, 0, &interval, NULL);
		while (periods--)
			sigsuspend(&without);
		timer_delete(timer);
	}
	sigprocmask(SIG_SETMASK, &without, NULL);
}

EF(bench_interrupts)
JUMPSLOT_DIRECT(bench_interrupts)
void bench_interrupts(const struct bench_pair *pairs, size_t count)
{
	measure_pairs(pairs, count, times, repetitions);
}

EF(print_idle)
JUMPSLOT_DIRECT(print_idle)
void print_idle(uint64_t ours, uint64_t peer)
{
	if (!repetitions) /* single steps: see pairs.h */
		return;
	printf("idle at 1,000 Hz\t%" PRIu64 "\t%" PRIu64 "\n", ours, peer);
	fflush(stdout);
}
