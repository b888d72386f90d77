/* walk_open() without openat2(). Depends on nothing. */
#ifndef PROVIDER_WALK_NAMES_H
#define PROVIDER_WALK_NAMES_H

/* As walk_open(). Async-signal-safe. */
int walk_names(int root, const char *path, int flags, int permissions);

#endif
