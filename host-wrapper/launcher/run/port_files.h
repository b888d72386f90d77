/*
 * The channels of a model between processes: a sealed memory file for each channel, and
 * eventfds that wake its ends. Each end gets descriptors of its own.
 */
#ifndef JUMPSLOT_PORT_FILES_H
#define JUMPSLOT_PORT_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "common/message.h"
#include "common/model.h"
#include "common/plan.h"
#include "irq_lines.h"

/* Eventfds that the ports of a partition write to: of the vectors at the other ends, and
 * of the one end that waits. */
#define PORT_FILES_MAX_PEERS (2 * MODEL_MAX_ENDS)

struct port_file {
	const char *name;
	struct plan_port record; /* without the name */
};

/* The ports of one partition. */
struct port_files {
	struct port_file ports[MODEL_MAX_ENDS];
	size_t count;
	int peers[PORT_FILES_MAX_PEERS];
	size_t peer_count;
};

/* A partition, and what it gets. */
struct port_files_partition {
	bool takes_interrupts;
	struct port_files *ports; /* empty */
	struct irq_lines *lines;  /* a line is added for each vector of its ports */
};

/* Makes everything, closed on exec. `partitions`: as many as the model has. Returns 0 or
 * a negative errno. */
int port_files_make(const struct model *model,
		    const struct port_files_partition *partitions,
		    struct message *message);

/* Lets this process's runner inherit the descriptors of one partition. */
void port_files_pass_on(const struct port_files *ports, const struct irq_lines *lines);

#endif
