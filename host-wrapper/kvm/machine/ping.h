/* Code that rings in the machine, before the guest starts. */
#ifndef JUMPSLOT_KVM_PING_H
#define JUMPSLOT_KVM_PING_H

#include <stdbool.h>
#include <stdint.h>

#include "common/message.h"

/* Whether /dev/kvm can run the guest's code. Returns 0, or a negative errno and a line.
 */
int ping_probe(struct message *message);

/* The time that an exit takes, ns. */
uint64_t ping_time_of_exit(void);

/* Whether debug registers stop the machine: an emulating /dev/kvm may ignore them. */
bool ping_stops_at_watch(void);

#endif
