/*
 * The layers of the sandbox without which no guest starts, except the closing of
 * descriptors, which the launcher does itself (irq_lines.h). The runner puts them in
 * force; the launcher tries them in a process of its own, so that its report of the
 * sandbox is refused as a start is, in the same words. Depends on libc and plan.h.
 */
#ifndef JUMPSLOT_LAYERS_H
#define JUMPSLOT_LAYERS_H

#include <linux/filter.h>
#include <stdbool.h>

#include "message.h"

/* Each returns 0 or a negative errno. */
int layers_no_new_privileges(struct message *message);

/* Soft and hard limits. `core`: core files stay allowed; `processes`: new processes do.
 */
int layers_limits(bool core, bool processes, struct message *message);

/* Puts the filter in force for all threads; no_new_privs is set. */
int layers_filter(const struct sock_fprog *program, struct message *message);

#endif
