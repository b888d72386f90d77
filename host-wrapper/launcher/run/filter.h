/*
 * Compiles the system calls that a guest may make into a program for seccomp. The runner
 * puts it in force as it is, but for the values of plan.h that only a process itself
 * knows.
 */
#ifndef JUMPSLOT_FILTER_H
#define JUMPSLOT_FILTER_H

#include <linux/filter.h>

#include "irq_lines.h"
#include "launcher/link/needs.h"
#include "port_files.h"

struct filter {
	struct sock_filter *program;
	size_t count;
	bool processes; /* it allows new threads or processes */
};

/* Every call that no need allows ends the guest, as do all calls of other ABIs.
 * `machine`: of the guest, EM_*. `ports`: NULL: none. Returns 0 or a negative errno. */
int filter_compile(struct filter *filter, const struct needs *needs, unsigned machine,
		   const struct irq_lines *lines, const struct port_files *ports,
		   struct message *message);
void filter_free(struct filter *filter);

#endif
