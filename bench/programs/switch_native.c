/*
 * The peers of switch_rtos.c: two contexts that swapcontext() switches, and two threads
 * that hand a turn to each other. Argument: ucontext or pthread. Prints the ticks of each
 * round.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <linux/futex.h>
#include <ucontext.h>
#include <unistd.h>
#include "calls/call_all.h"

#define SWITCHES 2000
#define ROUNDS	 100

static ucontext_t contexts[2];
static char stack[65536];

static void swap_forever(void)
{
	for (;;)
		swapcontext(&contexts[1], &contexts[0]);
}

static int by_ucontext(int value, long times)
{
	while (times--)
		swapcontext(&contexts[0], &contexts[1]);
	return value;
}

static void start_ucontext(void)
{
	getcontext(&contexts[1]);
	contexts[1].uc_stack.ss_sp = stack;
	contexts[1].uc_stack.ss_size = sizeof(stack);
	makecontext(&contexts[1], swap_forever, 0);
}

static _Atomic int turn;

/* Gives the turn to the other thread, and sleeps until it is back. */
static void hand_over(int mine)
{
	turn = !mine;
	syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	while (turn != mine)
		syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, !mine, NULL, NULL, 0);
}

static void *hand_over_forever(void *argument)
{
	while (turn != 1)
		syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
	for (;;)
		hand_over(1);
	return argument;
}

static int by_pthread(int value, long times)
{
	while (times--)
		hand_over(0);
	return value;
}

int main(int argc, char **argv)
{
	call_all *function =
		argc == 2 && !strcmp(argv[1], "pthread") ? by_pthread : by_ucontext;
	pthread_t thread;

	start_ucontext();
	if (function == by_pthread)
		pthread_create(&thread, NULL, hand_over_forever, NULL);
	for (int i = 0; i < ROUNDS; i++)
		printf("%" PRIu64 "\n", ticks_of(function, SWITCHES / 2));
	fflush(stdout);
	_exit(0);
}
