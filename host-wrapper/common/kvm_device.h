/*
 * Opens the device of KVM: in the runner to use it, in the launcher to see that it can.
 * Depends on message.h.
 */
#ifndef JUMPSLOT_KVM_DEVICE_H
#define JUMPSLOT_KVM_DEVICE_H

#include "message.h"

/* Returns a descriptor, or a negative errno after filling in `message`. */
int kvm_device_open(struct message *message);

#endif
