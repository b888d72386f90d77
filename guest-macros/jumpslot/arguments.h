/*
 * The arguments after the guest's name on the host's command line. The host provides
 * these functions itself. Argument 0 is the guest's name as given. Depends on
 * external_func.h and <stddef.h>.
 */
#ifndef JUMPSLOT_ARGUMENTS_H
#define JUMPSLOT_ARGUMENTS_H

#include <stddef.h>
#include "external_func.h"

/*
 * int jumpslot_argument_count(void)
 *
 * Returns the number of arguments, the guest's name included: at least 1.
 * Async-signal-safe. From an interrupt handler: yes.
 */
EXTERNAL_FUNC(int, jumpslot_argument_count)

/*
 * int jumpslot_argument(int index, char *buffer, size_t size)
 *
 * Copies argument `index` and its NUL to `buffer`, which has `size` bytes. With `size` 0
 * it copies nothing. Returns the length without the NUL; -EINVAL if there is no such
 * argument; -ERANGE, with nothing copied, if it does not fit; -EFAULT if the buffer is
 * not writable guest memory. Async-signal-safe. From an interrupt handler: yes.
 */
EXTERNAL_FUNC(int, jumpslot_argument, int, char *, size_t)

#endif
