/* Differences between newlib and what tcc expects. Included before each of its files. */
#ifndef TCC_ON_NEWLIB_H
#define TCC_ON_NEWLIB_H

#include <errno.h>
#include <unistd.h>

/* tcc -m32 and -m64 would run another tcc: a guest starts no program. */
#define execvp(path, arguments) ((void)(path), (void)(arguments), errno = ENOSYS, -1)

#endif
