/* POSIX's names for newlib's __getline() and __getdelim(). Depends on newlib. */
#include <stdio.h>

ssize_t getline(char **line, size_t *size, FILE *file)
{
	return __getline(line, size, file);
}

ssize_t getdelim(char **line, size_t *size, int delimiter, FILE *file)
{
	return __getdelim(line, size, delimiter, file);
}
