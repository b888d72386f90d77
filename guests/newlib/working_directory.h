/*
 * The guest's working directory, as a path from its root: the host knows paths from the
 * root only. Depends on newlib_calls.h.
 */
#ifndef NEWLIB_WORKING_DIRECTORY_H
#define NEWLIB_WORKING_DIRECTORY_H

#include "newlib_calls.h"

/* One byte more than the host takes. */
struct full_path {
	char text[NEWLIB_MAX_PATH + 2];
};

/* Returns `path`, or makes a path from the root of it. If that is too long, so is the
 * result, and the host says so. */
const char *full_path(struct full_path *full, const char *path);

#endif
