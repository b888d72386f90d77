/* newlib's <sys/stat.h>, with lstat(), which it declares for few systems only. */
#ifndef JUMPSLOT_NEWLIB_STAT_H
#define JUMPSLOT_NEWLIB_STAT_H

#include_next <sys/stat.h>

#ifdef __cplusplus
extern "C" {
#endif

int lstat(const char *__restrict path, struct stat *__restrict status);

#ifdef __cplusplus
}
#endif
#endif
