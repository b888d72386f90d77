/*
 * The name that a misspelt one probably means: few letters differ. A misspelt pattern of
 * the shell is compared with names, too. Depends on nothing.
 */
#ifndef JUMPSLOT_NEAREST_H
#define JUMPSLOT_NEAREST_H

#include <stdbool.h>
#include <stddef.h>

/* A search. */
struct nearest {
	const char *wanted;
	size_t shortest; /* letters of a name without any for `*` */
	bool has_star;
	size_t best; /* a name is nearer if fewer letters differ */
};

struct nearest nearest_begin(const char *wanted);

/* Whether that name is similar, and nearer than all names before it. */
bool nearest_consider(struct nearest *nearest, const char *name);

#endif
