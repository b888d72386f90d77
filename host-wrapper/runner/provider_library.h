/*
 * A provider's shared library. The static runner has no dynamic linker, and so it is
 * linked without this (rules.mk): the launcher starts it for guests without providers.
 */
#ifndef JUMPSLOT_PROVIDER_LIBRARY_H
#define JUMPSLOT_PROVIDER_LIBRARY_H

#include <stddef.h>
#include <stdint.h>

#include "common/message.h"

typedef int provider_initialize(const char *options, char *message, size_t size);

struct provider_library {
	uintptr_t base;			 /* to add to the file's addresses */
	provider_initialize *initialize; /* NULL: there is none */
};

/* Loads the library at `path`, with all that it needs. Returns 0 or a negative errno. */
int provider_library_open(struct provider_library *library, const char *path,
			  struct message *message) __attribute__((__weak__));

#endif
