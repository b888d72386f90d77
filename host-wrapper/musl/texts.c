/*
 * glibc's texts of errors and signals, which users know and the runners print, in place
 * of those in musl: a static program takes these functions, and then none from libc.a.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include TEXTS

#define FIRST_REAL_TIME 34 /* by glibc; musl keeps one more for itself */
#define LAST_SIGNAL	64
#define COUNT(array)	(sizeof(array) / sizeof(*(array)))

static char *numbered(const char *what, int number)
{
	static char text[32];

	snprintf(text, sizeof(text), "%s %d", what, number);
	return text;
}

char *strerror(int number)
{
	return number >= 0 && (size_t)number < COUNT(errors) && errors[number][0]
		       ? (char *)errors[number]
		       : numbered("Unknown error", number);
}

char *strsignal(int number)
{
	if (number > 0 && (size_t)number < COUNT(signals))
		return (char *)signals[number];
	return number >= FIRST_REAL_TIME && number <= LAST_SIGNAL
		       ? numbered("Real-time signal", number - FIRST_REAL_TIME)
		       : numbered("Unknown signal", number);
}
