/*
 * The Multiboot information of a guest (jumpslot/abi/multiboot_i386.h), as its host fills
 * it in. One file per architecture.
 */
#ifndef JUMPSLOT_MULTIBOOT_INFO_H
#define JUMPSLOT_MULTIBOOT_INFO_H

#include "common/message.h"
#include "runner.h"

/*
 * Makes it, in a page that the guest can only read, and sets runner->multiboot; does
 * nothing where guests have no such entry. After start_pages_make(), with which it shares
 * the command line. Returns 0 or a negative errno.
 */
int multiboot_make(struct runner *runner, struct message *message);

#endif
