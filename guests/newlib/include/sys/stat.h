/* newlib's <sys/stat.h>, with names that it has for few systems only. */
#ifndef JUMPSLOT_NEWLIB_STAT_H
#define JUMPSLOT_NEWLIB_STAT_H

#include_next <sys/stat.h>

/* Values of tv_nsec for futimens(). */
#define UTIME_NOW  (-2L)
#define UTIME_OMIT (-1L)

#ifdef __cplusplus
extern "C" {
#endif

int lstat(const char *__restrict path, struct stat *__restrict status);

#ifdef __cplusplus
}
#endif
#endif
