/*
 * Included before Lua's unmodified sources: adapts newlib to what they expect from a C
 * library.
 */
#ifndef LUA_ON_NEWLIB_H
#define LUA_ON_NEWLIB_H

#include <math.h>
#include <unistd.h>

/* newlib's macro divides logarithms, which is less exact than its function. */
#undef log2

/* Without a POSIX system lua.c assumes that its input is a terminal. */
#define lua_stdin_is_tty() isatty(STDIN_FILENO)

#endif
