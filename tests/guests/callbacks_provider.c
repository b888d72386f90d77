/* The host's side of callbacks.h. */
#define _GNU_SOURCE
#include <jumpslot/provider.h>
#include <errno.h>
#include <fenv.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "callbacks.h"
EF(call_back)
EF(call_back_variadic)
EF(call_back_blocking)
EF(call_back_direct)
EF(call_plainly)
EF(call_back_mixed)
EF(call_back_record)
EF(sort)
EF(call_back_and_compare)
EF(call_back_from_thread)
EF(call_back_with_setjmp)
EF(leave_by_longjmp)
EF(add_one)
EF(say)
JUMPSLOT_BLOCKING(call_back_blocking)
JUMPSLOT_DIRECT(call_back_direct)

static int is_guests(const void *function)
{
	return !jumpslot_guest_range(function, 1, JUMPSLOT_EXECUTE);
}

int call_back(callback_plain *function, int argument)
{
	return is_guests((void *)(uintptr_t)function) ? jumpslot_guest_call(function, argument)
						      : -EFAULT;
}

int call_back_variadic(callback_plain *function, ...)
{
	va_list arguments;
	int argument;

	va_start(arguments, function);
	argument = va_arg(arguments, int);
	va_end(arguments);
	return jumpslot_guest_call(function, argument);
}

int call_back_blocking(callback_plain *function, int argument)
{
	return jumpslot_guest_call(function, argument);
}

int call_back_direct(callback_plain *function, int argument)
{
	return jumpslot_guest_call(function, argument);
}

int call_plainly(callback_plain *function, int argument)
{
	return function(argument);
}

int call_back_mixed(callback_mixed *function)
{
	int object;
	long double result = jumpslot_guest_call(function, 'a', 2.5, (int64_t)1 << 40, 4.5f,
						 6, 7, 8.5, 9, 10, 11, &object, 1);

	return result == 160.0L / 3;
}

int call_back_record(callback_record *function)
{
	struct callbacks_record record = { { 1, 2, 3, 4, 5 } };

	record = jumpslot_guest_call(function, record, 7);
	return record.words[0] == 7 && record.words[4] == 35;
}

static int compare(const void *a, const void *b, void *function)
{
	return jumpslot_guest_call(*(callback_compare **)function, a, b);
}

void sort(int *numbers, int count, callback_compare *function)
{
	if (jumpslot_guest_range(numbers, (size_t)count * sizeof(*numbers),
				 JUMPSLOT_READ | JUMPSLOT_WRITE))
		return;
	qsort_r(numbers, (size_t)count, sizeof(*numbers), compare, &function);
}

int call_back_and_compare(callback_plain *function)
{
	sigset_t before, after;

	errno = ENOTTY;
	fesetround(FE_UPWARD);
	sigemptyset(&before);
	sigaddset(&before, SIGUSR1);
	sigprocmask(SIG_SETMASK, &before, NULL);
	jumpslot_guest_call(function, 0);
	sigemptyset(&after);
	sigprocmask(SIG_SETMASK, NULL, &after);
	return (errno == ENOTTY ? 0 : 1) | (fegetround() == FE_UPWARD ? 0 : 2) |
	       (sigismember(&after, SIGUSR1) == 1 ? 0 : 4);
}

struct in_thread {
	callback_plain *function;
	int argument;
};

static void *call_in_thread(void *data)
{
	struct in_thread *call = data;

	call->argument = jumpslot_guest_call(call->function, call->argument);
	return NULL;
}

int call_back_from_thread(callback_plain *function, int argument)
{
	struct in_thread call = { function, argument };
	pthread_t thread;

	if (pthread_create(&thread, NULL, call_in_thread, &call))
		return -1;
	pthread_join(thread, NULL);
	return call.argument;
}

static jmp_buf way_out;

int call_back_with_setjmp(callback_plain *function, int argument)
{
	int value = setjmp(way_out);

	if (value)
		return value;
	return jumpslot_guest_call(function, argument);
}

int leave_by_longjmp(int value)
{
	longjmp(way_out, value);
}

int add_one(int value)
{
	return value + 1;
}

void say(const char *text)
{
	if (jumpslot_guest_string(text, 1000) >= 0)
		puts(text);
	fflush(stdout);
}
