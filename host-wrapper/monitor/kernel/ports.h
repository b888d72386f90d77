/*
 * Ports of partitions: the channels of the boot image, in the kernel's memory. A message
 * is copied in pieces of PORTS_PIECE bytes, one for each call, and appears with its last
 * piece. Depends on common/channel.h and partition.h.
 */
#ifndef JUMPSLOT_MONITOR_PORTS_H
#define JUMPSLOT_MONITOR_PORTS_H

#include "partition.h"

/* A call of a partition, whose number of a port is not checked yet. */
struct ports_call {
	struct partition *partition;
	uint64_t now_ns;
	uint64_t pc; /* of the call, for the health monitor */
	uint32_t port;
	uint64_t address; /* of the guest's bytes */
	uint32_t span;	  /* monitor/calls.h */
	uint64_t age;	  /* address of a struct jumpslot_port_age, or 0 */
};

/* Allocates the channels. Returns false without memory. */
bool ports_create(const struct boot_image *image);

/* The calls of monitor/calls.h: their results, or negative errnos. */
int64_t ports_open(const struct ports_call *call, uint32_t direction);
int64_t ports_put(const struct ports_call *call);
int64_t ports_get(const struct ports_call *call);
int64_t ports_status(const struct ports_call *call);

/* Whether a partition that waits for a port need not wait any longer. */
bool ports_is_ready(const struct partition *partition);

#endif
