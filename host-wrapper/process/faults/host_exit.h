/* Host functions that call exit(): a mistake that looks like the guest's end. */
#ifndef JUMPSLOT_HOST_EXIT_H
#define JUMPSLOT_HOST_EXIT_H

#include "common/message.h"

/* From here on, tells the supervisor which host function calls exit(). After the
 * providers are loaded: of exit handlers, the last one runs first. */
int host_exit_catch(struct message *message);

#endif
