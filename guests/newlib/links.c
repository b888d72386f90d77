/* link() and symlink() in terms of newlib_calls.h. Depends on newlib and newlib_calls.h.
 */
#include <unistd.h>

#include "errors.h"
#include "newlib_calls.h"

int link(const char *from, const char *to)
{
	return (int)errors_take(newlib_link(from, to));
}

int symlink(const char *text, const char *path)
{
	return (int)errors_take(newlib_symlink(text, path));
}
