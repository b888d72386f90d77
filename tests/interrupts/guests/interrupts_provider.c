/* The host functions of interrupts.h. */
#define _GNU_SOURCE
#include <jumpslot/provider.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include "interrupts.h"
EF(sleep_gated)
EF(sleep_blocking)
EF(poll_gated)
EF(poll_blocking)
EF(use_libc)
EF(compute_gated)
EF(compute_on_guests_stack)
EF(wait_direct)
EF(add_direct)
EF(add_gated)
EF(call_gated)
EF(start_thread_with_signal)
EF(hosts_memory)
JUMPSLOT_BLOCKING(sleep_blocking)
JUMPSLOT_BLOCKING(poll_blocking)
JUMPSLOT_DIRECT(wait_direct)
JUMPSLOT_DIRECT(add_direct)

#define STACK 0x10000

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static int sleep_for(uint64_t ns)
{
	const struct timespec time = { .tv_sec = (time_t)(ns / 1000000000u),
				       .tv_nsec = (long)(ns % 1000000000u) };

	return nanosleep(&time, NULL) ? -errno : 0;
}

int sleep_gated(uint64_t ns)
{
	return sleep_for(ns);
}

int sleep_blocking(uint64_t ns)
{
	return sleep_for(ns);
}

static int poll_for(uint64_t ns)
{
	return poll(NULL, 0, (int)(ns / 1000000)) ? -errno : 0;
}

int poll_gated(uint64_t ns)
{
	return poll_for(ns);
}

int poll_blocking(uint64_t ns)
{
	return poll_for(ns);
}

static int is_filled(const char *block, size_t size, char with)
{
	for (size_t i = 0; i < size; i++)
		if (block[i] != with)
			return 0;
	return 1;
}

int use_libc(int times)
{
	FILE *file = fopen("/dev/null", "w");
	char text[64];
	int wrong = 0;

	for (int i = 0; i < times; i++) {
		size_t size = 1 + (size_t)i * 37 % 5000;
		char *block = malloc(size);

		memset(block, i, size);
		snprintf(text, sizeof(text), "%d %.3f", i, (double)i);
		fprintf(file, "%s\n", text);
		wrong += atoi(text) != i || !is_filled(block, size, (char)i);
		free(block);
	}
	fclose(file);
	return wrong;
}

static int compute(uint64_t ns, volatile unsigned *counter)
{
	uint64_t deadline = now() + ns;
	unsigned before = *counter;

	while (now() < deadline)
		;
	return (int)(*counter - before);
}

int compute_gated(uint64_t ns, volatile unsigned *counter)
{
	return compute(ns, counter);
}

int compute_on_guests_stack(uint64_t ns, volatile unsigned *counter, ...)
{
	return compute(ns, counter);
}

int wait_direct(volatile unsigned *counter, unsigned wanted)
{
	uint64_t deadline = now() + 10000000000u;

	while (*counter < wanted)
		if (now() > deadline)
			return -1;
	return 0;
}

int add_direct(int a, int b)
{
	return a + b;
}

int add_gated(int a, int b)
{
	return a + b;
}

int call_gated(interrupts_callback *function, int argument)
{
	return jumpslot_guest_call(function, argument);
}

static void *take_signal(void *go)
{
	volatile unsigned *state = go;

	while (*state != 1)
		;
	pthread_kill(pthread_self(), SIGURG);
	*state = 2;
	return NULL;
}

int start_thread_with_signal(volatile unsigned *go)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, take_signal, (void *)go);
}

void *hosts_memory(void)
{
	char *at = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);

	return at == MAP_FAILED ? NULL : at + STACK;
}
