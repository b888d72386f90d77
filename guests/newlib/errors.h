/* Converts the numbers of NEWLIB_ERRORS to newlib's errno. Depends only on <stdint.h>. */
#ifndef NEWLIB_ERRORS_H
#define NEWLIB_ERRORS_H

#include <stdint.h>

/* Returns `result` if it is not negative; otherwise sets errno and returns -1. */
int64_t errors_take(int64_t result);

#endif
