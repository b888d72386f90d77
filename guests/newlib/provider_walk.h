/*
 * Opens paths below a directory and nothing outside of it: the kernel does it by
 * openat2(), or, where that is missing or forbidden, provider_walk.c goes from name to
 * name. Both give the same results and errors. Depends on nothing.
 */
#ifndef PROVIDER_WALK_H
#define PROVIDER_WALK_H

/* Finds out whether openat2() works here. Call it first. */
void walk_start(void);

/*
 * Opens `path`, a relative path, below the directory `root`. Symbolic links are followed,
 * but not at the end of the path with O_NOFOLLOW. Returns a descriptor, or a negative
 * errno: -EACCES if "..", or an absolute symbolic link, leads outside. Async-signal-safe.
 */
int walk_open(int root, const char *path, int flags, int permissions);

#endif
