/* The characters of a partition's name, and a colon. See pattern_scope.h. */
#include <string.h>

#include "pattern_scope.h"

size_t pattern_scope(const char *text)
{
	const size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz"
					   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.");

	return text[length] == ':' ? length : 0;
}

const char *pattern_scope_in(const char *text, const char *partition)
{
	const size_t length = pattern_scope(text);

	if (!partition || !length)
		return text;
	return strlen(partition) == length && !memcmp(text, partition, length)
		       ? text + length + 1
		       : NULL;
}
