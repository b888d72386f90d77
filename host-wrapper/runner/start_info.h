/*
 * The start information of a guest (jumpslot/abi/start.h), as its host fills it in.
 */
#ifndef JUMPSLOT_PROCESS_START_INFO_H
#define JUMPSLOT_PROCESS_START_INFO_H

#include "common/message.h"

/* Makes it, in pages that the guest can only read; sets guest.start_info. */
int start_info_make(struct message *message);

#endif
