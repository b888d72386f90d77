/* See errors.h. */
#include <errno.h>

#include "errors.h"
#include "newlib_calls.h"

#define ERROR_CASE(number, name)                                                         \
	case -(number):                                                                  \
		return name;

static int to_errno(int64_t error)
{
	switch (error) {
		NEWLIB_ERRORS(ERROR_CASE)
	default:
		return EIO;
	}
}

int64_t errors_take(int64_t result)
{
	if (result >= 0)
		return result;
	errno = to_errno(result);
	return -1;
}
