/* Between the numbers of NEWLIB_ERRORS and newlib's own errno. */
#ifndef NEWLIB_ERRORS_H
#define NEWLIB_ERRORS_H

#include <stdint.h>

/* Returns `result` if it is no error; else sets errno, and returns -1. */
int64_t errors_take(int64_t result);

#endif
