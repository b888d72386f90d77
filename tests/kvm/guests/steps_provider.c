/*
 * Provider and preloaded library at once: the runner calls its ioctl(), which steps the
 * virtual processor, and makes a vector pending at a given instruction, as a source of
 * interrupts would.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <jumpslot/provider.h>
#include "steps.h"

EF(steps_begin)
EF(steps_end)
EF(steps_add)
EF(steps_add_many)
EF(steps_call_back)

static struct {
	bool on;
	struct steps_raised *raised;
	unsigned steps, at[2];
} the;

static struct kvm_run *run_of(int vcpu)
{
	static struct kvm_run *run;

	if (!run)
		run = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	return run;
}

static void set_stepping(int vcpu, bool on)
{
	const struct kvm_guest_debug debug = {
		.control = on ? KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP : 0,
	};

	if (syscall(SYS_ioctl, vcpu, KVM_SET_GUEST_DEBUG, &debug)) {
		perror("KVM_SET_GUEST_DEBUG");
		_exit(99);
	}
}

/* After each instruction. Returns whether a vector became pending. */
static bool step(void)
{
	bool raises = false;

	the.steps++;
	for (int i = 0; i < 2; i++)
		if (the.at[i] == the.steps) {
			__atomic_fetch_or(the.raised->pending,
					  (uint64_t)1 << (STEPS_VECTOR + i),
					  __ATOMIC_SEQ_CST);
			the.raised->count++;
			raises = true;
		}
	the.on = the.steps < the.at[0] || the.steps < the.at[1];
	return raises;
}

/* A step that completes an instruction of the last exit is one, too. */
static int run_in_steps(int vcpu)
{
	struct kvm_run *run = run_of(vcpu);

	for (;;) {
		int result;

		set_stepping(vcpu, the.on);
		result = (int)syscall(SYS_ioctl, vcpu, KVM_RUN, 0);
		if (result || run->exit_reason != KVM_EXIT_DEBUG)
			return result;
		if (step())
			raise(SIGURG); /* sets immediate_exit */
	}
}

int ioctl(int fd, unsigned long request, ...)
{
	static bool was_on;
	va_list list;
	void *argument;

	va_start(list, request);
	argument = va_arg(list, void *);
	va_end(list);
	if (request == KVM_RUN && the.on) {
		was_on = true;
		return run_in_steps(fd);
	}
	if (request == KVM_RUN && was_on) { /* it has ended in a host function */
		was_on = false;
		set_stepping(fd, false);
	}
	return (int)syscall(SYS_ioctl, fd, request, argument);
}

void steps_begin(struct steps_raised *raised, unsigned first, unsigned second)
{
	the.raised = raised;
	raised->count = 0;
	the.at[0] = first;
	the.at[1] = second;
	the.steps = 0;
	the.on = true;
}

void steps_end(void)
{
	the.on = false;
}

#define DEFINE(name)                                                                     \
	EF(name)                                                                         \
	int name(int value)                                                              \
	{                                                                                \
		return value + 1;                                                        \
	}
STEPS_BINDS(DEFINE)

int steps_add(int a, int b)
{
	return a + b;
}

int steps_add_many(int count, ...)
{
	va_list list;
	int sum = 0;

	va_start(list, count);
	while (count-- > 0)
		sum += va_arg(list, int);
	va_end(list);
	return sum;
}

int steps_call_back(int (*function)(int), int value)
{
	return jumpslot_guest_call(function, value) + 1;
}
