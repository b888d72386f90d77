/*
 * Waiting for files, and the modes of a terminal. Return a negative errno on failure.
 * Depends on <stdint.h>.
 */
#ifndef PROVIDER_POLL_H
#define PROVIDER_POLL_H

#include <stdint.h>

struct newlib_poll;
struct newlib_terminal;

/* As newlib_poll() and newlib_terminal(); `count` is 0..NEWLIB_FILES. Async-signal-safe.
 */
int poll_files(struct newlib_poll *files, int count, int64_t ns);
int poll_terminal(int file, struct newlib_terminal *terminal);

#endif
