/*
 * The entry of a guest.
 *
 *   JUMPSLOT_ENTRY(info)
 *   {
 *           ...
 *           return 0;
 *   }
 *
 * defines _start, the symbol that linkers take as entry by default. The host calls it
 * once, on a stack that the host provides, 16-byte aligned as after a call. `info` points
 * to the start information (abi/start.h), which stays readable while the guest runs.
 * Returning from the entry ends the guest with the low 8 bits of the result.
 *
 * Start code in assembly finds the start information in RDI on x86-64. On i386 it is in
 * EDX, with EAX = JUMPSLOT_MULTIBOOT_MAGIC and EBX = the Multiboot information, so that
 * start code written for a Multiboot loader works unchanged.
 *
 * The host calls the entry and no other function: the guest's own start code runs
 * constructors (.init_array), and a guest that consists of JUMPSLOT_ENTRY alone runs
 * none.
 *
 * With -DJUMPSLOT_LINK_TIME the entry has another name, as the program that guest and
 * host are linked to has a _start of its own (docs/link-time.md).
 *
 * Hosts recognise a guest by its note, which external_func.h emits: some file of the
 * guest includes it, or a header that does, even if the guest imports nothing.
 * Depends on abi/start.h alone.
 */
#ifndef JUMPSLOT_ENTRY_H
#define JUMPSLOT_ENTRY_H

#include "abi/start.h"

#ifdef __cplusplus
#define JUMPSLOT_ENTRY_C extern "C"
#else
#define JUMPSLOT_ENTRY_C
#endif

#ifdef JUMPSLOT_LINK_TIME
#define JUMPSLOT_ENTRY_NAME jumpslot_linked_entry
#else
#define JUMPSLOT_ENTRY_NAME _start
#endif

#if defined(__i386__)
/* regparm(2) passes EAX and EDX, the registers of the i386 entry (docs/abi.md, "Entry").
 */
#define JUMPSLOT_ENTRY(info)                                                             \
	JUMPSLOT_ENTRY_(info, __attribute__((__regparm__(2))),                           \
			uint32_t multiboot_magic __attribute__((__unused__)), )
#else
#define JUMPSLOT_ENTRY(info) JUMPSLOT_ENTRY_(info, , )
#endif

#define JUMPSLOT_ENTRY_(info, attribute, ...)                                            \
	JUMPSLOT_ENTRY_C attribute int JUMPSLOT_ENTRY_NAME(                              \
		__VA_ARGS__ const struct jumpslot_start_info *info);                     \
	JUMPSLOT_ENTRY_C attribute int JUMPSLOT_ENTRY_NAME(                              \
		__VA_ARGS__ const struct jumpslot_start_info *info)

#endif
