/*
 * The code that both sides run: calls of every function in names.h, in a row.
 * Compiled once for each way to call; -D says which:
 *
 *   CALL_ALL  name of the function that this file defines
 *   GUEST     the functions are a host's (with JUMPSLOT_INLINE_CALLS: inline form);
 *             otherwise they are another object's or library's
 *   PEER      they go by the names peer_NAME
 */
#ifdef PEER
#define IMPORT(func) peer_##func
#else
#define IMPORT(func) func
#endif
#ifdef GUEST
#include <jumpslot/external_func.h>
#define NAME(func) EXTERNAL_FUNC(int, IMPORT(func), int)
#else
#define NAME(func) int IMPORT(func)(int);
#endif
#include "names.h"
#undef NAME

int CALL_ALL(int value, long times);

/* Aligned, so that the same code lies the same way on both sides. */
__attribute__((__aligned__(64))) int CALL_ALL(int value, long times)
{
	do {
#define NAME(func) value = IMPORT(func)(value);
#include "names.h"
#undef NAME
	} while (--times);
	return value;
}
