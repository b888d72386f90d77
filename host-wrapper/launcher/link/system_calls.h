/*
 * Names and numbers of system calls, by libseccomp. Knows nothing of guests.
 */
#ifndef JUMPSLOT_SYSTEM_CALLS_H
#define JUMPSLOT_SYSTEM_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The architecture in seccomp's words (AUDIT_ARCH_*) of an ELF machine; 0: unknown. */
uint32_t system_call_architecture(unsigned machine);

/*
 * The number of the call `name`; below 0: the architecture does not have it. `*known`:
 * whether any architecture has it.
 */
int system_call_number(const char *name, uint32_t architecture, bool *known);

/*
 * Writes how to call that number in a message: "57 (fork)", or "57 (fork) of i386" if it
 * is not of the architecture `own`. Any number and architecture will do.
 */
void system_call_describe(int number, uint32_t architecture, uint32_t own, char *text,
			  size_t size);

#endif
