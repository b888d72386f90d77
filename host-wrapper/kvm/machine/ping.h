/* Code that rings in the machine, before the guest starts. */
#ifndef JUMPSLOT_KVM_PING_H
#define JUMPSLOT_KVM_PING_H

#include <stdint.h>

#include "common/message.h"

/* Whether /dev/kvm can run the guest's code. Returns 0, or a negative errno and a line.
 */
int ping_probe(struct message *message);

/* The time that an exit takes, ns. */
uint64_t ping_time_of_exit(void);

#endif
