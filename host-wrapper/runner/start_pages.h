/*
 * The start information of the guest (common/start_info.h) in pages of its own.
 */
#ifndef JUMPSLOT_START_PAGES_H
#define JUMPSLOT_START_PAGES_H

#include "common/message.h"
#include "runner.h"

/* Maps pages that the guest can only read, and sets runner->start_info. After
 * load_areas(). Returns 0 or a negative errno. */
int start_pages_make(struct runner *runner, struct message *message);

#endif
