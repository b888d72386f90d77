/*
 * Ports: the ends of channels between the partitions of a model (host-wrapper --model). A
 * sampling channel keeps the latest message, for any number of readers; a queuing channel
 * keeps each message until its one receiver has taken it. The host copies messages, and
 * provides these functions itself. docs/ports.md explains them.
 *
 * Every function may be called from an interrupt handler and is async-signal-safe. A
 * message has 1 to 8192 bytes, and no more than its channel allows; a message arrives
 * whole or not at all. Sizes are bytes, times are nanoseconds of the host's monotonic
 * clock. Depends on external_func.h, static_assert.h, <stddef.h> and <stdint.h>.
 *
 * Errors of all functions that take a port: -EBADF: not a port of this guest; -EPERM: a
 * port of the other direction; -EINVAL: a port of the other kind; -EFAULT: a pointer to
 * memory that the guest may not access so. A guest without a model has no port.
 */
#ifndef JUMPSLOT_PORTS_H
#define JUMPSLOT_PORTS_H

#include <stddef.h>
#include <stdint.h>
#include "external_func.h"
#include "static_assert.h"

/* Directions */
#define JUMPSLOT_PORT_SOURCE	  0 /* messages leave the guest here */
#define JUMPSLOT_PORT_DESTINATION 1 /* messages arrive here */

/* Kinds */
#define JUMPSLOT_PORT_SAMPLING 0
#define JUMPSLOT_PORT_QUEUING  1

#define JUMPSLOT_PORT_NAME    31 /* bytes of a name at most, without its NUL */
#define JUMPSLOT_PORT_MESSAGE 8192
#define JUMPSLOT_PORT_FOREVER (-1) /* a time-out that never comes */

/* The age of a message of a sampling port. */
struct jumpslot_port_age {
	uint64_t age_ns;   /* since it was written */
	uint32_t is_valid; /* 1: not older than the channel's refresh period; or 0 */
	uint32_t reserved;
};

struct jumpslot_port_state {
	uint32_t kind;
	uint32_t direction;
	uint32_t size;	     /* of a message at most */
	uint32_t depth;	     /* messages that a queue holds; sampling: 1 */
	uint32_t count;	     /* messages that it holds now; sampling: 0 or 1 */
	uint32_t is_valid;   /* sampling: of the latest message; queuing: 0 */
	uint64_t refresh_ns; /* sampling: the refresh period; queuing: 0 */
};

JUMPSLOT_STATIC_ASSERT(sizeof(struct jumpslot_port_age) == 16, "as every host has it");
JUMPSLOT_STATIC_ASSERT(sizeof(struct jumpslot_port_state) == 32, "as every host has it");

/*
 * int jumpslot_port_open(const char *name, int direction)
 *
 * Finds the port that the model declares for this guest by that name. Returns its number,
 * 0 or more, the same for each call. -ENOENT: the model declares no such port; -EPERM: it
 * declares one of the other direction; -EINVAL: no such direction; -EFAULT. -ENOENT
 * and -EPERM of any function are also errors of the partition (health table: port).
 */
EXTERNAL_FUNC(int, jumpslot_port_open, const char *, int)

/*
 * int jumpslot_port_write(int port, const void *bytes, size_t size)
 *
 * Sampling: replaces the channel's message. Does not wait. Returns 0; -EMSGSIZE for a
 * size of 0 or above the channel's.
 */
EXTERNAL_FUNC(int, jumpslot_port_write, int, const void *, size_t)

/*
 * int jumpslot_port_read(int port, void *buffer, size_t size,
 *			  struct jumpslot_port_age *age)
 *
 * Sampling: copies the latest message, which stays, and stores how old it is unless `age`
 * is NULL. Does not wait. Returns the message's size; -EAGAIN, with nothing stored, if
 * none was written yet; -EMSGSIZE if `size` is less than the message's.
 */
EXTERNAL_FUNC(int, jumpslot_port_read, int, void *, size_t, struct jumpslot_port_age *)

/*
 * int jumpslot_port_send(int port, const void *bytes, size_t size, int64_t timeout_ns)
 *
 * Queuing: appends a message, and waits for room for at most `timeout_ns`; 0: not at all;
 * JUMPSLOT_PORT_FOREVER: without an end. Interrupts are delivered while it waits, at
 * level 0. Returns 0; -EAGAIN: no room and no time-out; -ETIMEDOUT: no room in time;
 * -EMSGSIZE as for write; -EINVAL also for another negative time-out.
 */
EXTERNAL_FUNC(int, jumpslot_port_send, int, const void *, size_t, int64_t)

/*
 * int jumpslot_port_receive(int port, void *buffer, size_t size, int64_t timeout_ns)
 *
 * Queuing: takes the oldest message, and waits for one like jumpslot_port_send(). Returns
 * its size; -EAGAIN: there is none and no time-out; -ETIMEDOUT: none came in time;
 * -EMSGSIZE if `size` is less than the message's, which then stays; -EINVAL also for
 * another negative time-out.
 */
EXTERNAL_FUNC(int, jumpslot_port_receive, int, void *, size_t, int64_t)

/*
 * int jumpslot_port_status(int port, struct jumpslot_port_state *status)
 *
 * Stores what the channel is and what it holds now. Both kinds, either direction. Returns
 * 0.
 */
EXTERNAL_FUNC(int, jumpslot_port_status, int, struct jumpslot_port_state *)

#endif
