/*
 * The Multiboot information of a guest (jumpslot/abi/multiboot_i386.h), as its host fills
 * it in. One file per architecture.
 */
#ifndef JUMPSLOT_PROCESS_MULTIBOOT_H
#define JUMPSLOT_PROCESS_MULTIBOOT_H

#include "common/message.h"

/*
 * Makes it, in a page that the guest can only read, and sets guest.multiboot; nothing
 * where guests have no such entry. After start_info_make(), with which it shares the
 * command line. Returns 0 or a negative errno.
 */
int multiboot_make(struct message *message);

#endif
