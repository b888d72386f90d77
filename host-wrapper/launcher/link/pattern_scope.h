/*
 * A pattern of functions that may be for one partition alone: PARTITION:PATTERN. Names of
 * functions have no colon, and patterns have one only in brackets. Depends on nothing.
 */
#ifndef JUMPSLOT_PATTERN_SCOPE_H
#define JUMPSLOT_PATTERN_SCOPE_H

#include <stddef.h>

/* The length of the partition's name; 0: the pattern is for all. */
size_t pattern_scope(const char *text);

/* The pattern of functions in a partition; NULL: it is for another one. `partition`: NULL
 * without a model, which has no names. */
const char *pattern_scope_in(const char *text, const char *partition);

#endif
