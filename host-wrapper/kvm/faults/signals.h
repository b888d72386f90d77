/* Fault signals of this process: mistakes of providers and of the runner, and the
 * supervisor's question where the guest is. */
#ifndef JUMPSLOT_SIGNALS_H
#define JUMPSLOT_SIGNALS_H

#include "common/message.h"

/* Catches them, on a stack of their own. Returns 0 or a negative errno. */
int signals_catch(struct message *message);

#endif
