/*
 * newlib's rename() in terms of newlib_calls.h: newlib's own would make a hard link and
 * remove the old name. Depends on newlib and newlib_calls.h.
 */
#include <reent.h>
#include <stdio.h>

#include "errors.h"
#include "newlib_calls.h"
#include "working_directory.h"

int _rename_r(struct _reent *reent, const char *from, const char *to)
{
	struct full_path full_from, full_to;

	(void)reent;
	return (int)errors_take(
		newlib_rename(full_path(&full_from, from), full_path(&full_to, to)));
}
