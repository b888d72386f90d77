/*
 * The guest's ports: ends of channels that its runner shares with the runners of other
 * guests, by the rules of common/channel.h. Each function is one try, which never waits;
 * ports_wait() sleeps until another try is worth it. All of them are for the guest's
 * thread, and async-signal-safe.
 *
 * The other ends write to the memory of a channel whenever they like. They can make
 * messages of it wrong, wake this end or not wake it, and nothing else.
 */
#ifndef JUMPSLOT_PORTS_MEMORY_H
#define JUMPSLOT_PORTS_MEMORY_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/message.h"
#include "common/plan.h"

#define PORTS_NEVER UINT64_MAX

struct jumpslot_port_age; /* of jumpslot/ports.h, which declares services */
struct jumpslot_port_state;

/* Maps the channels of the plan, and closes the descriptors of their memory. Before the
 * guest starts. Returns 0 or a negative errno. */
int ports_map(const struct plan *plan, struct message *message);

/* The functions of jumpslot/ports.h, with -EAGAIN where those wait. */
int ports_open(const char *name, int direction);
int ports_write(int port, const void *bytes, size_t size);
int ports_read(int port, void *buffer, size_t size, struct jumpslot_port_age *age);
int ports_send(int port, const void *bytes, size_t size);
int ports_receive(int port, void *buffer, size_t size);
int ports_status(int port, struct jumpslot_port_state *status);

/* The time on the monotonic clock after `timeout_ns`; PORTS_NEVER for
 * JUMPSLOT_PORT_FOREVER. */
uint64_t ports_deadline(int64_t timeout_ns);
bool ports_is_late(uint64_t deadline_ns);

/*
 * After a try that returned -EAGAIN: sleeps until the other end has sent or taken a
 * message, until the deadline, or until a signal that `mask` lets through; NULL: the
 * present mask. May return earlier.
 */
void ports_wait(int port, uint64_t deadline_ns, const sigset_t *mask);

#endif
