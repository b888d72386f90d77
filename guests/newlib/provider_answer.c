/* See provider_answer.h. Async-signal-safe. */
#include <jumpslot/provider.h>
#include <limits.h>
#include <string.h>

#include "provider_answer.h"

#define ERROR_CASE(number, name)                                                         \
	case -(name):                                                                    \
		return -(number);

int64_t answer_translate(int64_t result)
{
	switch (result) {
		NEWLIB_ERRORS(ERROR_CASE)
	default:
		return result < 0 ? -NEWLIB_EIO : result;
	}
}

int answer_copy_path(struct answer_path *copy, const char *path)
{
	long length = jumpslot_guest_copy_string(copy->text, path, sizeof(copy->text));

	if (length < 0)
		return length == -ERANGE ? -ENAMETOOLONG : (int)length;
	return 0;
}

size_t answer_at_most_int(size_t count)
{
	return count < INT_MAX ? count : INT_MAX;
}

int answer_readable(const void *memory, size_t size)
{
	return jumpslot_guest_range(memory, size, JUMPSLOT_READ);
}

int answer_writable(void *memory, size_t size)
{
	return jumpslot_guest_range(memory, size, JUMPSLOT_WRITE);
}
