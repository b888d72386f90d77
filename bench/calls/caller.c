/*
 * The code that both sides run: calls of every function in names.h, in a row. It is
 * compiled once for each way to call, which -D selects:
 *
 *   CALL_ALL  name of the function that this file defines
 *   GUEST     the functions are a host's (with JUMPSLOT_INLINE_CALLS: inline form);
 *             otherwise they are another object's or library's
 *   PEER      they go by the names peer_NAME
 *   POINTERS  they are called by a pointer in memory, one for each
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

#ifdef POINTERS
#define NAME(func) static int (*volatile pointer_##func)(int) = IMPORT(func);
#include "names.h"
#undef NAME
#define CALL(func) pointer_##func
#else
#define CALL(func) IMPORT(func)
#endif

int CALL_ALL(int value, long times);

/* Aligned, so that the code has the same alignment on both sides. */
__attribute__((__aligned__(64))) int CALL_ALL(int value, long times)
{
	do {
#define NAME(func) value = CALL(func)(value);
#include "names.h"
#undef NAME
	} while (--times);
	return value;
}
