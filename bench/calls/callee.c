/*
 * The functions of names.h, as short as possible: a provider (PROVIDER) or an ordinary
 * shared library. The functions of a provider are direct, as those of a library are, or
 * gated with GATED. With PEER they also have the exported name peer_NAME, so that a peer
 * calls the same code.
 */
#ifdef PROVIDER
#include <jumpslot/provider.h>
#ifdef GATED
#define CARRY(func)
#else
#define CARRY(func) JUMPSLOT_DIRECT(func)
#endif
#define NAME(func) EXTERNAL_FUNC(int, func, int) EF(func) CARRY(func)
#else
#define NAME(func) int func(int);
#endif
#include "names.h"
#undef NAME

#define NAME(func)                                                                       \
	int func(int value)                                                              \
	{                                                                                \
		return value + 1;                                                        \
	}
#include "names.h"
#undef NAME

#ifdef PEER
#define NAME(func) int peer_##func(int value) __attribute__((__alias__(#func)));
#include "names.h"
#endif
