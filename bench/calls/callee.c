/*
 * The functions of names.h, as short as a function can be: as a provider
 * (PROVIDER), or as an ordinary shared library. A provider's are direct, as a library's
 * are, or with GATED behind the gate. With PEER they also go by
 * peer_NAME, which is exported: a peer then calls the very same code.
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
