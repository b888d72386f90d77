/* newlib's <stdio.h>, with POSIX's names for __getline() and __getdelim(). */
#ifndef JUMPSLOT_NEWLIB_STDIO_H
#define JUMPSLOT_NEWLIB_STDIO_H

#include_next <stdio.h>

#if __POSIX_VISIBLE >= 200809
#ifdef __cplusplus
extern "C" {
#endif

ssize_t getline(char **line, size_t *size, FILE *file);
ssize_t getdelim(char **line, size_t *size, int delimiter, FILE *file);

#ifdef __cplusplus
}
#endif
#endif
#endif
