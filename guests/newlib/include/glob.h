/* newlib's <glob.h>, with POSIX's names of flags and results. */
#ifndef JUMPSLOT_NEWLIB_GLOB_H
#define JUMPSLOT_NEWLIB_GLOB_H

#include <sys/types.h>
#include_next <glob.h>

#define GLOB_NOESCAPE 0x10000
#define GLOB_NOMATCH  (-3)
#define GLOB_ABORTED  GLOB_ABEND

#endif
