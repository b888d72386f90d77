/*
 * Checks of options that do not go together. Knows nothing of how they are written.
 */
#ifndef JUMPSLOT_OPTION_COMBINATIONS_H
#define JUMPSLOT_OPTION_COMBINATIONS_H

#include "options.h"

/* Returns 0, or -EINVAL with a line that names the option at fault. */
int option_combinations_check(const struct options *options, struct message *message);

#endif
