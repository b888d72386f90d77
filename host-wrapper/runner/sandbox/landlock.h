/*
 * Landlock: the kernel's own limits on files, network and signals, which hold whatever
 * the guest does with the calls that the filter allows.
 */
#ifndef JUMPSLOT_LANDLOCK_H
#define JUMPSLOT_LANDLOCK_H

#include <stdbool.h>

#include "common/message.h"

/*
 * From here on, this thread and those that it starts reach only files below the
 * directories of jumpslot_guest_directory(), the core file if `core`, and files that are
 * open already; and no TCP ports, abstract sockets or other processes, as far as the
 * kernel's version can do that. no_new_privs is set. Returns 0; -EOPNOTSUPP without a
 * message if the kernel has no Landlock; or another negative errno.
 */
int landlock_confine(bool core, struct message *message);

#endif
