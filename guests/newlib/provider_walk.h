/*
 * Opens paths below a directory and nothing outside of it, with the results and errors of
 * openat2() and RESOLVE_BENEATH, except EACCES for EXDEV and for links of /proc. Depends
 * on nothing.
 */
#ifndef PROVIDER_WALK_H
#define PROVIDER_WALK_H

/*
 * Opens `path`, a relative path, below the directory `root`. Symbolic links are followed,
 * but not at the end of the path with O_NOFOLLOW. Returns a descriptor, or a negative
 * errno: -EACCES if "..", or an absolute symbolic link, leads outside. Async-signal-safe.
 */
int walk_open(int root, const char *path, int flags, int permissions);

#endif
