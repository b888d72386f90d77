/*
 * The functions that newlib needs below it, besides those of calls.c. newlib serves a
 * library's strings, numbers and memory. Its stdio is not for use: glibc's headers name
 * other streams.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#include "library.h"

#define HEAP	(256 << 10)
#define ABORTED 134

void _exit(int status);
int kill(int process, int signal);
int _fstat_r(void *reent, int fd, void *status);
long _lseek_r(void *reent, int fd, long offset, int whence);
void *sbrk(intptr_t increment);

void _exit(int status)
{
	_CPU_Virtual_exec_stop_error(status);
	__builtin_unreachable();
}

/* abort() raises a signal. */
int kill(int process, int signal)
{
	(void)process;
	(void)signal;
	_exit(ABORTED);
}

int _fstat_r(void *reent, int fd, void *status)
{
	(void)reent;
	(void)fd;
	(void)status;
	return -1;
}

long _lseek_r(void *reent, int fd, long offset, int whence)
{
	(void)reent;
	(void)fd;
	(void)offset;
	(void)whence;
	return -1;
}

/* Memory of the library's own malloc(). */
void *sbrk(intptr_t increment)
{
	static char heap[HEAP] __attribute__((__aligned__(16)));
	static size_t used;
	char *before = heap + used;

	if (increment < 0 ? (size_t)-increment > used
			  : (size_t)increment > sizeof(heap) - used) {
		errno = ENOMEM;
		return (void *)-1;
	}
	used += (size_t)increment;
	return before;
}
