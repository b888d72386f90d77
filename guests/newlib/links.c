/* link() and symlink() in terms of newlib_calls.h. Depends on newlib and newlib_calls.h.
 */
#include <unistd.h>

#include "errors.h"
#include "newlib_calls.h"
#include "working_directory.h"

int link(const char *from, const char *to)
{
	struct full_path full_from, full_to;

	return (int)errors_take(
		newlib_link(full_path(&full_from, from), full_path(&full_to, to)));
}

int symlink(const char *text, const char *path)
{
	struct full_path full;

	return (int)errors_take(newlib_symlink(text, full_path(&full, path)));
}
