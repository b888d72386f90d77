/*
 * The guest's open files. The guest's numbers are not host descriptors: the guest reaches
 * the console and the files that it opened, and no other descriptor of the process.
 * All functions except files_start() are async-signal-safe. They return a negative errno
 * on failure. Depends only on <stdbool.h>, <stddef.h>, <stdint.h> and <sys/types.h>.
 */
#ifndef PROVIDER_FILES_H
#define PROVIDER_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct newlib_entry;
struct stat;

/* Opens the console files that are open on the host. Call it first. */
void files_start(void);

/* Returns the host's descriptor of an open file. It stays the table's: do not close it.
 */
int files_descriptor(int file);
bool files_is_console(int file);

/* Returns the host's descriptor of an open file that is the same as `wanted`. */
int files_find(const struct stat *wanted);

/*
 * Arguments as in newlib_calls.h; the caller has checked all memory. A host's record
 * locks go when any descriptor of the file closes, so no function here closes a
 * descriptor of a regular file that the guest has not closed; descriptors with O_PATH do
 * not count.
 */
int files_open(char *path, int how, int permissions);
int files_close(int file);
int files_duplicate(int file, int first);
int files_duplicate_to(int file, int to);
ssize_t files_read(int file, void *buffer, size_t count);
ssize_t files_write(int file, const void *bytes, size_t count);
int64_t files_seek(int file, int64_t offset, int whence);
ssize_t files_read_at(int file, void *buffer, size_t count, int64_t offset);
ssize_t files_write_at(int file, const void *bytes, size_t count, int64_t offset);
int files_truncate(int file, int64_t size);
int files_sync(int file);
int files_open_directory(char *path);
int files_read_directory(int file, struct newlib_entry *entry);

#endif
