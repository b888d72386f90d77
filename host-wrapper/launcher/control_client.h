/* `host-wrapper ctl PATH COMMAND`: sends a command to a running host-wrapper. */
#ifndef JUMPSLOT_CONTROL_CLIENT_H
#define JUMPSLOT_CONTROL_CLIENT_H

#include <stdbool.h>

#include "common/message.h"

extern const char control_client_help[];

/* Whether the words after "ctl" ask for the help: alone, or in place of a command. */
bool control_client_asks_for_help(int count, char **words);

/* `words` after "ctl". Prints the answer. Returns 0, or a negative errno with a line. */
int control_client(int count, char **words, struct message *message);

#endif
