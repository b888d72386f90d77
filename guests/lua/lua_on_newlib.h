/*
 * Included before Lua's own sources, which stay as they are: where newlib is not what
 * they expect of a C library.
 */
#include <math.h>
#include <unistd.h>

/* A macro that divides logarithms, less exact than the function of that name. */
#undef log2

/* Without a POSIX system lua.c takes its input for a terminal. */
#define lua_stdin_is_tty() isatty(STDIN_FILENO)
