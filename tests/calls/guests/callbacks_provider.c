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
EF(call_back_makers)
EF(call_back_makers_variadic)
EF(call_back_wide)
EF(call_back_wide_variadic)
EF(call_back_six_variadic)
EF(call_back_doubles)
EF(call_plainly_doubles)
EF(sort)
EF(call_back_and_compare)
EF(call_back_from_thread)
EF(call_back_at_exit)
EF(call_back_with_setjmp)
EF(call_back_with_setjmp_variadic)
EF(call_back_after_longjmp)
EF(leave_by_longjmp)
EF(leave_by_longjmp_variadic)
EF(leave_by_longjmp_direct)
EF(add_one)
EF(add_one_variadic)
EF(sum_doubles)
EF(sum_doubles_stated)
EF(count_vectors)
EF(count_vectors_stated)
EF(pop_too_much)
EF(is_memory)
EF(say)
JUMPSLOT_BLOCKING(call_back_blocking)
JUMPSLOT_DIRECT(call_back_direct)
JUMPSLOT_DIRECT(leave_by_longjmp_direct)
JUMPSLOT_STACK_BYTES(sum_doubles_stated, 64)
JUMPSLOT_STACK_BYTES(count_vectors_stated, 64)

static int is_guests(const void *function)
{
	return !jumpslot_guest_range(function, 1, JUMPSLOT_EXECUTE);
}

int call_back(callback_plain *function, int argument)
{
	return is_guests((void *)(uintptr_t)function)
		       ? jumpslot_guest_call(function, argument)
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
	long double result = jumpslot_guest_call(function, 'a', 2.5, (int64_t)1 << 40,
						 4.5f, 6, 7, 8.5, 9, 10, 11, &object, 1);

	return result == 160.0L / 3;
}

int call_back_record(callback_record *function)
{
	struct callbacks_record record = { { 1, 2, 3, 4, 5 } };

	record = jumpslot_guest_call(function, record, 7);
	return record.words[0] == 7 && record.words[4] == 35;
}

/* Each byte holds its own index. */
static int are_right(const unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i] != (unsigned char)(i + 1))
			return 0;
	return 1;
}

#define MAKE(size)                                                                       \
	do {                                                                             \
		struct callbacks_bytes_##size made =                                     \
			jumpslot_guest_call(makers->make_##size);                        \
		right &= are_right(made.bytes, size);                                    \
	} while (0);

int call_back_makers(const struct callbacks_makers *makers)
{
	int right = 1;

	CALLBACKS_SIZES(MAKE)
	return right;
}

int call_back_makers_variadic(const struct callbacks_makers *makers, ...)
{
	int right = 1;

	CALLBACKS_SIZES(MAKE)
	return right;
}

static const struct callbacks_wide wide[] = {
	{ { 1, [7] = 10 } }, { { 2, [7] = 20 } }, { { 3, [7] = 30 } },
	{ { 4, [7] = 40 } }, { { 5, [7] = 50 } }, { { 6, [7] = 60 } },
	{ { 7, [7] = 70 } }, { { 8, [7] = 80 } },
};

int call_back_wide(callback_wide *function)
{
	return jumpslot_guest_call(function, wide[0], 1.5L, wide[1], 2.5L, wide[2], 3.5L,
				   wide[3], 4.5L, wide[4], 5.5L, wide[5], 6.5L, wide[6],
				   7.5L, wide[7], 8.5L) == 1;
}

int call_back_wide_variadic(callback_wide *function, ...)
{
	return jumpslot_guest_call(function, wide[0], 1.5L, wide[1], 2.5L, wide[2], 3.5L,
				   wide[3], 4.5L, wide[4], 5.5L, wide[5], 6.5L, wide[6],
				   7.5L, wide[7], 8.5L) == 1;
}

int call_back_six_variadic(callback_six *function, ...)
{
	return jumpslot_guest_call(function, (void *)1, (void *)2, (void *)3, (void *)4,
				   (void *)5, (void *)6);
}

int call_back_doubles(callback_doubles *function)
{
	return jumpslot_guest_call(function, 3, 1.5, 2.5, 3.0);
}

int call_plainly_doubles(callback_doubles *function)
{
	return function(3, 1.5, 2.5, 3.0);
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
	static int depth;
	int mine = ENOTTY + depth++; /* differs for each nested call */
	sigset_t before, after;

	errno = mine;
	fesetround(FE_UPWARD);
	sigemptyset(&before);
	sigaddset(&before, SIGUSR1);
	sigprocmask(SIG_SETMASK, &before, NULL);
	jumpslot_guest_call(function, 0);
	sigemptyset(&after);
	sigprocmask(SIG_SETMASK, NULL, &after);
	depth--;
	return (errno == mine ? 0 : 1) | (fegetround() == FE_UPWARD ? 0 : 2) |
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

static callback_plain *last_function;

static void call_at_exit(void)
{
	jumpslot_guest_call(last_function, 1);
}

void call_back_at_exit(callback_plain *function)
{
	last_function = function;
	atexit(call_at_exit);
}

static jmp_buf way_out;

int call_back_with_setjmp(callback_plain *function, int argument)
{
	int value = setjmp(way_out);

	if (value)
		return value;
	return jumpslot_guest_call(function, argument);
}

int call_back_with_setjmp_variadic(callback_plain *function, ...)
{
	int value = setjmp(way_out);

	if (value)
		return value;
	return jumpslot_guest_call(function, 5);
}

int call_back_after_longjmp(callback_plain *function, int argument)
{
	int value = setjmp(way_out);

	return jumpslot_guest_call(function, value ? -1 : argument);
}

int leave_by_longjmp(int value)
{
	longjmp(way_out, value);
}

int leave_by_longjmp_variadic(int value, ...)
{
	longjmp(way_out, value);
}

int leave_by_longjmp_direct(int value)
{
	longjmp(way_out, value);
}

int add_one(int value)
{
	return value + 1;
}

int add_one_variadic(int value, ...)
{
	return value + 1;
}

static int sum(int count, va_list *arguments)
{
	double result = 0;

	while (count-- > 0)
		result += va_arg(*arguments, double);
	return (int)result;
}

int sum_doubles(int count, ...)
{
	va_list arguments;
	int result;

	va_start(arguments, count);
	result = sum(count, &arguments);
	va_end(arguments);
	return result;
}

int sum_doubles_stated(int count, ...)
{
	va_list arguments;
	int result;

	va_start(arguments, count);
	result = sum(count, &arguments);
	va_end(arguments);
	return result;
}

__asm__("	.text\n"
	"count_vectors:\n"
	"count_vectors_stated:\n"
#ifdef __x86_64__
	"	movzbl	%al, %eax\n"
#else
	"	xor	%eax, %eax\n"
#endif
	"	ret\n"
	"pop_too_much:\n"
	"	ret	$16\n");

int is_memory(const void *pointer)
{
	return !jumpslot_guest_range(pointer, 1, JUMPSLOT_READ);
}

void say(const char *text)
{
	if (jumpslot_guest_string(text, 1000) >= 0)
		puts(text);
	fflush(stdout);
}
