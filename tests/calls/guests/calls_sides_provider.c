/* The host's side of calls_sides.h. */
#define _GNU_SOURCE
#include <jumpslot/provider.h>
#include <alloca.h>
#include <errno.h>
#include <fenv.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "calls_sides.h"

#define GATED(func)	    EF(func)
#define DIRECT(func)	    EF(func) JUMPSLOT_DIRECT(func)
#define BLOCKING(func)	    EF(func) JUMPSLOT_BLOCKING(func)
#define STATED(func, bytes) EF(func) JUMPSLOT_STACK_BYTES(func, bytes)

GATED(gated_float_control)
GATED(variadic_float_control)
GATED(gated_set_float_control)
GATED(variadic_set_float_control)
GATED(gated_call_back)
GATED(gated_raise_flags)
GATED(gated_round_up)
GATED(gated_divide)
GATED(gated_is_masked)
GATED(gated_mask)
GATED(gated_unmask)
GATED(variadic_is_masked)
GATED(variadic_mask)
GATED(variadic_unmask)
GATED(gated_mask_all)
GATED(gated_mask_in_thread)
GATED(gated_mask_in_child)
GATED(gated_handle)
GATED(gated_refused_masks)
GATED(gated_read)
GATED(gated_trap)
GATED(variadic_read)
GATED(gated_swap_errno)
GATED(gated_deep)
DIRECT(direct_float_control)
DIRECT(direct_is_masked)
DIRECT(direct_deep)
BLOCKING(blocking_is_masked)
BLOCKING(blocking_mask)
BLOCKING(blocking_unmask)
BLOCKING(blocking_swap_errno)
STATED(stated_sum, 16384)
STATED(understated_sum, 16)

static void float_control(struct float_control *control)
{
	uint16_t x87;

	__asm__ volatile("stmxcsr %0" : "=m"(control->mxcsr));
	__asm__ volatile("fnstcw %0" : "=m"(x87));
	control->mxcsr &= 0xffc0;
	control->x87 = x87;
}

void gated_float_control(struct float_control *control)
{
	float_control(control);
}

void direct_float_control(struct float_control *control)
{
	float_control(control);
}

void variadic_float_control(struct float_control *control, ...)
{
	float_control(control);
}

static void set_float_control(const struct float_control *control)
{
	__asm__ volatile("ldmxcsr %0" : : "m"(control->mxcsr));
	__asm__ volatile("fldcw %0" : : "m"(control->x87));
}

void gated_set_float_control(const struct float_control *control)
{
	set_float_control(control);
}

void variadic_set_float_control(const struct float_control *control, ...)
{
	set_float_control(control);
}

int gated_call_back(void (*function)(void))
{
	struct float_control before, after;

	float_control(&before);
	jumpslot_guest_call(function);
	float_control(&after);
	return before.mxcsr == after.mxcsr && before.x87 == after.x87;
}

void gated_raise_flags(void)
{
	__asm__ volatile("fldz\n	fld1\n	fdivp\n	fstp %%st(0)" : : : "st");
	__asm__ volatile("divss %1, %0" : : "x"(1.0f), "x"(0.0f));
}

void gated_round_up(void)
{
	fesetround(FE_UPWARD);
}

/* Stores the quotient in memory: rounded once, by x87 too. */
double gated_divide(double a, double b)
{
	volatile double quotient = a / b;

	return quotient;
}

/* By a system call: the runner replaces libc's function. */
static int is_masked(int number)
{
	uint64_t mask = 0;

	syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &mask, sizeof(mask));
	return mask >> (number - 1) & 1;
}

int gated_is_masked(int number)
{
	return is_masked(number);
}

int blocking_is_masked(int number)
{
	return is_masked(number);
}

int direct_is_masked(int number)
{
	return is_masked(number);
}

static int change_mask(int how, int number)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	return pthread_sigmask(how, &set, NULL);
}

int gated_mask(int number)
{
	return change_mask(SIG_BLOCK, number);
}

int gated_unmask(int number)
{
	return change_mask(SIG_UNBLOCK, number);
}

int variadic_is_masked(int number, ...)
{
	return is_masked(number);
}

int variadic_mask(int number, ...)
{
	return change_mask(SIG_BLOCK, number);
}

int variadic_unmask(int number, ...)
{
	return change_mask(SIG_UNBLOCK, number);
}

int blocking_mask(int number)
{
	return change_mask(SIG_BLOCK, number);
}

int blocking_unmask(int number)
{
	return change_mask(SIG_UNBLOCK, number);
}

void gated_mask_all(void)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
}

static void *mask_in_thread(void *number)
{
	change_mask(SIG_BLOCK, *(int *)number);
	return NULL;
}

int gated_mask_in_thread(int number)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, mask_in_thread, &number) ||
	       pthread_join(thread, NULL);
}

static int mask_in_child(void *number)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, *(int *)number);
	return sigprocmask(SIG_BLOCK, &set, NULL);
}

int gated_mask_in_child(int number)
{
	static char stack[0x10000] __attribute__((__aligned__(16)));
	int status = 1;
	pid_t child = clone(mask_in_child, stack + sizeof(stack),
			    CLONE_VM | CLONE_VFORK | SIGCHLD, &number);

	return waitpid(child, &status, 0) != child || status;
}

static int masked_by_handler;

static void mask_and_restore(int number)
{
	sigset_t set, old;

	(void)number;
	sigemptyset(&set);
	sigaddset(&set, masked_by_handler);
	pthread_sigmask(SIG_BLOCK, &set, &old);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

int gated_handle(int number, int other)
{
	struct sigaction action = { .sa_handler = mask_and_restore };

	masked_by_handler = other;
	return sigaction(number, &action, NULL) || raise(number);
}

int gated_refused_masks(void)
{
	sigset_t set, old;
	int wrong = 0;

	sigemptyset(&set);
	errno = 0;
	wrong += pthread_sigmask(77, &set, NULL) != EINVAL || errno;
	wrong += sigprocmask(77, &set, NULL) != -1 || errno != EINVAL;
	errno = 0;
	wrong += sigprocmask(SIG_BLOCK, &set, &old) || errno;
	wrong += sigprocmask(77, NULL, &old) || errno;
	sigfillset(&old);
	wrong += pthread_sigmask(SIG_SETMASK, NULL, &old) || sigismember(&old, SIGUSR1) ||
		 !sigismember(&old, SIGUSR2);
	return wrong;
}

/* The option "12" masks that signal from the start. */
int jumpslot_provider_init(const char *options, char *message, size_t size)
{
	if (!*options || !change_mask(SIG_BLOCK, atoi(options)))
		return 0;
	snprintf(message, size, "no such signal");
	return -EINVAL;
}

int gated_read(const int *at)
{
	return *(const volatile int *)at;
}

int gated_trap(void)
{
	__asm__ volatile("ud2");
	return 0;
}

int variadic_read(const int *at, ...)
{
	return *(const volatile int *)at;
}

static int swap_errno(int value)
{
	int before = errno;

	errno = value;
	return before;
}

int gated_swap_errno(int value)
{
	return swap_errno(value);
}

int blocking_swap_errno(int value)
{
	return swap_errno(value);
}

static unsigned sum(int count, va_list *arguments)
{
	unsigned result = 0;

	while (count-- > 0)
		result += va_arg(*arguments, unsigned);
	return result;
}

unsigned stated_sum(int count, ...)
{
	unsigned result;
	va_list arguments;

	va_start(arguments, count);
	result = sum(count, &arguments);
	va_end(arguments);
	return result;
}

unsigned understated_sum(int count, ...)
{
	unsigned result;
	va_list arguments;

	va_start(arguments, count);
	result = sum(count, &arguments);
	va_end(arguments);
	return result;
}

static size_t deep(size_t size)
{
	volatile unsigned char *bytes = alloca(size);
	size_t sum = 0;

	for (size_t i = 0; i < size; i++)
		bytes[i] = 1;
	for (size_t i = 0; i < size; i++)
		sum += bytes[i];
	return sum;
}

size_t gated_deep(size_t size)
{
	return deep(size);
}

size_t direct_deep(size_t size)
{
	return deep(size);
}
