/*
 * The arguments that stand behind the guest's name on the host's command line.
 * The host provides these itself. Argument 0 is the guest's name as given.
 * Depends on external_func.h and <stddef.h>.
 */
#ifndef JUMPSLOT_ARGUMENTS_H
#define JUMPSLOT_ARGUMENTS_H

#include <stddef.h>
#include "external_func.h"

/*
 * int jumpslot_argument_count(void)
 *
 * How many arguments there are, the guest's name included: at least 1.
 * Async-signal-safe.
 */
EXTERNAL_FUNC(int, jumpslot_argument_count)

/*
 * int jumpslot_argument(int index, char *buffer, size_t size)
 *
 * Copies argument `index` and its NUL into `buffer` of `size` bytes. Returns
 * its length without the NUL; -EINVAL if there is no such argument; -ERANGE, with
 * nothing copied, if it does not fit; -EFAULT if the buffer is not writable guest
 * memory. A `size` of 0 copies nothing and returns the length.
 * Async-signal-safe.
 */
EXTERNAL_FUNC(int, jumpslot_argument, int, char *, size_t)

#endif
