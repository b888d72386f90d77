/*
 * The common part of all unit-test programs: runs the tests of a file, and finds the
 * files that make built for them. A crash, a leak under a sanitizer or a hang fails only
 * its own test: each runs in a process of its own. Depends on Check, or where there is
 * none on without_check/.
 */
#ifndef JUMPSLOT_UNIT_H
#define JUMPSLOT_UNIT_H

#include <check.h>
#include <stddef.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Runs them; returns main's exit status. */
int unit_run(const char *name, const TTest *const *tests, size_t count);

/* A file below the build directory: $BUILD, or "build". Valid until the next call. */
const char *unit_path(const char *name);

/* The number of repetitions: `usual`, multiplied by the variable UNIT_ROUNDS. */
unsigned long unit_rounds(unsigned long usual);

#endif
