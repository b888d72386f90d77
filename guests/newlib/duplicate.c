/* dup() and dup2() in terms of newlib_calls.h. Depends on newlib and newlib_calls.h. */
#include <unistd.h>

#include "console.h"
#include "duplicate.h"
#include "errors.h"
#include "file_flags.h"
#include "newlib_calls.h"

static int duplicated(int file, int copy)
{
	if (copy >= 0 && copy != file) {
		file_flags_copied(file, copy);
		console_copied(file, copy);
	}
	return copy;
}

int duplicate_from(int file, int first)
{
	return duplicated(file, (int)errors_take(newlib_duplicate(file, first)));
}

int dup(int file)
{
	return duplicate_from(file, 0);
}

int dup2(int file, int to)
{
	return duplicated(file, (int)errors_take(newlib_duplicate_to(file, to)));
}
