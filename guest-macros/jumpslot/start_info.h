/*
 * The entry of a guest, and what it is handed there.
 *
 *   JUMPSLOT_ENTRY(info)
 *   {
 *           ...
 *           return 0;
 *   }
 *
 * defines _start, the entry that linkers use unless told otherwise. It runs once, on a
 * stack that the host provides, 16-byte aligned as after a call, with `info`
 * pointing to the start information (external_abi.h), which stays readable while the
 * guest runs. Returning is exit with the returned value (its low 8 bits).
 *
 * Start code in assembly finds the start information in RDI on x86-64; on i386 in EDX,
 * with EAX = JUMPSLOT_MULTIBOOT_MAGIC and EBX = the Multiboot information, so
 * that start code written for a Multiboot loader survives.
 * The host calls the entry and nothing else: constructors (.init_array) are for the
 * guest's start code to run, and a guest that is just an entry has none.
 * Depends on external_abi.h alone.
 */
#ifndef JUMPSLOT_START_INFO_H
#define JUMPSLOT_START_INFO_H

#include "external_abi.h"

#ifdef __cplusplus
#define JUMPSLOT_ENTRY_C extern "C"
#else
#define JUMPSLOT_ENTRY_C
#endif

#if defined(__i386__)
/* regparm(2) passes EAX and EDX: the registers of the entry contract. */
#define JUMPSLOT_ENTRY(info)                                                             \
	JUMPSLOT_ENTRY_(info, __attribute__((__regparm__(2))),                           \
			uint32_t multiboot_magic __attribute__((__unused__)), )
#else
#define JUMPSLOT_ENTRY(info) JUMPSLOT_ENTRY_(info, , )
#endif

#define JUMPSLOT_ENTRY_(info, attribute, ...)                                            \
	JUMPSLOT_ENTRY_C attribute int _start(                                           \
		__VA_ARGS__ const struct jumpslot_start_info *info);                     \
	JUMPSLOT_ENTRY_C attribute int _start(                                           \
		__VA_ARGS__ const struct jumpslot_start_info *info)

#endif
