/*
 * The part of a partition library that the launcher fills in, in a section of the
 * library's writable data. Included from assembly and C; depends on <stdint.h>.
 */
#ifndef JUMPSLOT_MONITOR_LIBRARY_MAP_H
#define JUMPSLOT_MONITOR_LIBRARY_MAP_H

#define MONITOR_LIBRARY_OPTIONS 504 /* bytes, with the NUL */

#ifndef __ASSEMBLER__
#include <stdint.h>

struct monitor_library_map {
	uint64_t next; /* where the library's start goes on */
	char options[MONITOR_LIBRARY_OPTIONS];
};
#define MONITOR_LIBRARY_SECTION ".jumpslot.library"
#endif

#endif
