/*
 * Numbers that tell descriptors of the runner and its providers from those that the guest
 * has opened: a descriptor gets the lowest number that is free.
 */
#ifndef JUMPSLOT_DESCRIPTORS_H
#define JUMPSLOT_DESCRIPTORS_H

#include "common/message.h"

/*
 * Takes all free numbers below the highest that is in use, so that each descriptor that
 * is opened from now on gets `*first` or a higher number. No descriptor that is open now
 * and below PLAN_MAX_DESCRIPTORS has such a number. Returns 0 or a negative errno.
 */
int descriptors_fill(int *first, struct message *message);

#endif
