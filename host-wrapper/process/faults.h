/*
 * Faults of the guest: what the signal says is left for the supervisor, which makes a
 * line of it, and then the signal takes its course.
 */
#ifndef JUMPSLOT_FAULTS_H
#define JUMPSLOT_FAULTS_H

#include "../common/message.h"

/* Catches fault signals, on a stack of their own. Returns 0 or a negative errno. */
int faults_catch(struct message *message);

#endif
