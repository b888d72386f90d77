/*
 * The memory of a program that has the guest in it: the guest's pointers may lead
 * anywhere into the program's own segments, as the linker keeps guest and host in the
 * same ones.
 */
#ifndef JUMPSLOT_PROGRAM_H
#define JUMPSLOT_PROGRAM_H

#include "common/message.h"
#include "runner/guest_memory.h"

/* Adds the program's segments. Returns 0 or a negative errno. */
int program_add_memory(struct guest_memory *memory, struct message *message);

#endif
