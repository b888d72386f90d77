/* `host-wrapper ctl PATH COMMAND`: sends a command to a running host-wrapper. */
#ifndef JUMPSLOT_CONTROL_CLIENT_H
#define JUMPSLOT_CONTROL_CLIENT_H

#include "common/message.h"

extern const char control_client_help[];

/* `words` after "ctl". Prints the answer. Returns 0, or a negative errno with a line. */
int control_client(int count, char **words, struct message *message);

#endif
