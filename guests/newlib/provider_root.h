/*
 * Paths below the root, the one directory that the guest may use. Neither "..", nor an
 * absolute path, nor a symbolic link leads outside. A leading '/' means the root. A hard
 * link, or a file system mounted below the root, counts as inside.
 * All functions except root_use() are async-signal-safe. They return a negative errno on
 * failure: -EACCES for a path that leads outside, and for every path without a root.
 * Depends on <stddef.h>; the file that includes it sets _FILE_OFFSET_BITS to 64 if it
 * uses struct stat.
 */
#ifndef PROVIDER_ROOT_H
#define PROVIDER_ROOT_H

#include <stddef.h>

struct stat;

/* Sets the root. Called once. */
int root_use(const char *directory);

/* Returns a descriptor. `permissions` apply with O_CREAT. */
int root_open(const char *path, int flags, int permissions);

/*
 * Fills in the status of a path that is one name in the root, without opening it: this
 * takes half the time. Does not follow a symbolic link. Returns 1 for all other paths.
 */
int root_status_of_name(const char *path, struct stat *status);

/* These modify the strings that they are given. */
int root_unlink(char *path);
int root_rename(char *from, char *to);
int root_link(char *from, char *to);
int root_symlink(const char *text, char *path);
int root_make_directory(char *path, int permissions);
int root_remove_directory(char *path);

/* Checks the rights of the process's real user; `rights` are those of access(). */
int root_access(const char *path, int rights);

/* Returns the bytes of a symbolic link's text, of which it stores at most `size`. */
int root_read_link(const char *path, char *text, size_t size);

#endif
