/* The host's side of calls_sides.h. */
#define _GNU_SOURCE
#include <jumpslot/provider.h>
#include <alloca.h>
#include <errno.h>
#include <fenv.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "calls_sides.h"

#define GATED(func) EF(func)
#define DIRECT(func) EF(func) JUMPSLOT_DIRECT(func)
#define BLOCKING(func) EF(func) JUMPSLOT_BLOCKING(func)
#define STATED(func, bytes) EF(func) JUMPSLOT_STACK_BYTES(func, bytes)

GATED(gated_float_control)
GATED(gated_round_up)
GATED(gated_divide)
GATED(gated_is_masked)
GATED(gated_mask)
GATED(gated_unmask)
GATED(gated_swap_errno)
GATED(gated_deep)
DIRECT(direct_float_control)
DIRECT(direct_is_masked)
DIRECT(direct_deep)
BLOCKING(blocking_is_masked)
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

void gated_round_up(void)
{
	fesetround(FE_UPWARD);
}

/* Rounded once, in memory, whatever registers compute it. */
double gated_divide(double a, double b)
{
	volatile double quotient = a / b;

	return quotient;
}

/* Not libc's, so that nothing stands between this and the kernel. */
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
