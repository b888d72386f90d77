/*
 * Memory files (memfd) that launcher and runner share. The limit on the size of files
 * (RLIMIT_FSIZE) applies to them as well, and exceeding it would be a fatal signal.
 * Depends on libc and message.h alone.
 */
#ifndef JUMPSLOT_MEMORY_FILE_H
#define JUMPSLOT_MEMORY_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "message.h"

/*
 * Creates a memory file of `size` zeroed bytes that can be sealed and is closed on exec.
 * Raises the soft limit on file size meanwhile, if necessary. `what` names it in
 * messages. Write to it by mapping it, or by memory_file_write(): write() is limited,
 * too. For a process without other threads. Returns a descriptor, or a negative errno;
 * -EFBIG if the hard limit is below the size.
 */
int memory_file_create(const char *what, uint64_t size, struct message *message);

/* Writes bytes at an offset, which lie within the file's size, under the same conditions.
 * Faster than a mapping, where each page costs a fault. Returns 0 or a negative errno. */
int memory_file_write(int fd, uint64_t offset, const void *bytes, size_t size);

#endif
