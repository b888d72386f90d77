/* newlib's <utime.h>, which declares no utime() and needs <time.h> first. */
#ifndef JUMPSLOT_NEWLIB_UTIME_H
#define JUMPSLOT_NEWLIB_UTIME_H

#include <sys/types.h>
#include_next <utime.h>

#ifdef __cplusplus
extern "C" {
#endif

int utime(const char *path, const struct utimbuf *times);

#ifdef __cplusplus
}
#endif
#endif
