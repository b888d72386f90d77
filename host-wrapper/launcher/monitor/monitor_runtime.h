/*
 * The runtime of partitions (host-wrapper/monitor/runtime), read from its file: where its
 * code and variables are. It is one of this program's own files, but it is read with the
 * same care as a guest's. Depends on launcher/scan.
 */
#ifndef JUMPSLOT_MONITOR_RUNTIME_H
#define JUMPSLOT_MONITOR_RUNTIME_H

#include "common/boot_image.h"
#include "launcher/scan/elf_file.h"

#define MONITOR_RUNTIME_MAX_SEGMENTS 4

struct monitor_runtime {
	int fd;
	GElf_Phdr segments[MONITOR_RUNTIME_MAX_SEGMENTS]; /* PT_LOAD */
	size_t segment_count;
	uint8_t *contents[MONITOR_RUNTIME_MAX_SEGMENTS]; /* whole pages, as in the file */
	struct boot_runtime addresses;
	uint32_t state_offset; /* in struct vcpu: a word, */
	uint32_t lines_offset; /* and a set of vectors */
	struct boot_range ranges[BOOT_MAX_RANGES];
	uint32_t range_count;
};

/* Reads the file that is open as `fd`, which remains open until monitor_runtime_free().
 * Returns 0 or a negative errno; monitor_runtime_free() is due in any case. */
int monitor_runtime_read(struct monitor_runtime *runtime, int fd,
			 struct message *message);
void monitor_runtime_free(struct monitor_runtime *runtime);

#endif
