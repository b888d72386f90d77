/*
 * Paths below the one directory that the guest may use; nothing outside is reached, be
 * it by "..", by an absolute path, or by a symbolic link. A leading '/' means that
 * directory. A hard link, or a file system mounted there, counts as inside.
 * All but root_use() are async-signal-safe. They return a negative errno on failure:
 * -EACCES for a path that leads outside, and for every path while there is no root.
 */
#ifndef PROVIDER_ROOT_H
#define PROVIDER_ROOT_H

/* Opens the directory, once and for all. */
int root_use(const char *directory);

/* Returns a descriptor. `permissions` matter with O_CREAT. */
int root_open(const char *path, int flags, int permissions);

/* These change the strings that they are given. */
int root_unlink(char *path);
int root_rename(char *from, char *to);

#endif
