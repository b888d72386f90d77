/*
 * setlocale() for the locales that a guest has: newlib's own, which its build renames to
 * jumpslot_setlocale(), takes the name of any language and changes little. Depends on
 * newlib.
 */
#include <locale.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

char *jumpslot_setlocale(int category, const char *locale);

static bool is_known(const char *name, size_t length)
{
	static const char *const names[] = { "", "C", "POSIX", "C.UTF-8", "C.utf8" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i]) == length && !memcmp(names[i], name, length))
			return true;
	return false;
}

char *setlocale(int category, const char *locale)
{
	/* A name per category, as setlocale() itself returns them: C/C.UTF-8/C/C/C/C. */
	for (const char *name = locale; name;) {
		size_t length = strcspn(name, "/");

		if (!is_known(name, length))
			return NULL;
		name = name[length] ? name + length + 1 : NULL;
	}
	return jumpslot_setlocale(category, locale);
}
