/* See file_mode.h. */
#include <sys/stat.h>

#include "file_mode.h"

static int mask = S_IWGRP | S_IWOTH;

int file_mode_allowed(int permissions)
{
	return permissions & 0777 & ~mask;
}

mode_t umask(mode_t new)
{
	mode_t old = (mode_t)mask;

	mask = (int)new & 0777;
	return old;
}
