/*
 * POSIX's glob(), where a backslash quotes and no match is a result of its own. newlib's
 * function, which the build renames, is older than that. Depends on newlib.
 */
#include <glob.h>

int jumpslot_bsd_glob(const char *pattern, int flags, int (*on_error)(const char *, int),
		      glob_t *found);

int glob(const char *pattern, int flags, int (*on_error)(const char *, int),
	 glob_t *found)
{
	int quotes = flags & GLOB_NOESCAPE ? 0 : GLOB_QUOTE;
	int result = jumpslot_bsd_glob(pattern, (flags & ~GLOB_NOESCAPE) | quotes,
				       on_error, found);

	/* The pattern itself, which GLOB_NOCHECK asks for, is not counted as a match. */
	if (!result && !found->gl_matchc && !(flags & (GLOB_NOCHECK | GLOB_NOMAGIC)))
		return GLOB_NOMATCH;
	return result;
}
