/*
 * The commands of a client: the answers to those that look at the guest, and the start of
 * those that the runner carries out.
 */
#ifndef JUMPSLOT_CONTROL_ANSWERS_H
#define JUMPSLOT_CONTROL_ANSWERS_H

#include <stdio.h>

#include "control.h"

/*
 * Carries out a command, or begins its requests to the runner. Cuts words out of
 * `command`, which must remain. Returns NULL, or why the command is not carried out.
 */
const char *control_answers_execute(struct control *control,
				    const struct control_target *target, char *command,
				    FILE *out);

#endif
