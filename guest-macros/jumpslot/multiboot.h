/*
 * What EBX points to at the entry of an i386 guest, so that start code written for a
 * Multiboot loader survives: the boot information of the Multiboot Specification, version
 * 0.6.96, section 3.3, as far as hosts fill it in. A field counts only if its bit in
 * `flags` is set.
 *
 * There is no bit 0: memory does not begin at address 0 and at 1 MiB here. The memory
 * map's available regions are free for the guest to use; its own image and stack are not
 * in them. Depends on <stdint.h> alone.
 */
#ifndef JUMPSLOT_MULTIBOOT_H
#define JUMPSLOT_MULTIBOOT_H

#include <stdint.h>

/* jumpslot_multiboot_info.flags */
#define JUMPSLOT_MULTIBOOT_COMMAND_LINE 0x4
#define JUMPSLOT_MULTIBOOT_MEMORY_MAP	0x40
#define JUMPSLOT_MULTIBOOT_LOADER_NAME	0x200

/* jumpslot_multiboot_region.kind; all other kinds are not the guest's. */
#define JUMPSLOT_MULTIBOOT_AVAILABLE 1

struct jumpslot_multiboot_info {
	uint32_t flags;
	uint32_t memory_lower; /* bit 0; not set */
	uint32_t memory_upper;
	uint32_t boot_device;  /* bit 1; not set */
	uint32_t command_line; /* address of a string, the guest's name first */
	uint32_t module_count; /* bit 3; not set */
	uint32_t modules;
	uint32_t symbols[4];	  /* bits 4 and 5; not set */
	uint32_t memory_map_size; /* bytes */
	uint32_t memory_map;	  /* address of the first region */
	uint32_t drives_size;	  /* bit 7; not set */
	uint32_t drives;
	uint32_t configuration; /* bit 8; not set */
	uint32_t loader_name;	/* address of a string */
};

/* The next one, if there is one, is `size` bytes behind the field `base`. */
struct jumpslot_multiboot_region {
	uint32_t size;
	uint64_t base;
	uint64_t length;
	uint32_t kind;
} __attribute__((__packed__));

#endif
