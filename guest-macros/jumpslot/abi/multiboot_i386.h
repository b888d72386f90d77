/*
 * The Multiboot information of an i386 guest, so that start code written for a Multiboot
 * loader works unchanged: EAX holds the magic number at the entry, and EBX points to the
 * information. The layout is that of the Multiboot Specification, version 0.6.96,
 * sections 3.2 and 3.3, as far as hosts fill it in. A field is valid only if its bit in
 * `flags` is set.
 *
 * Bit 0 is never set: a guest's memory begins neither at address 0 nor at 1 MiB. The
 * available regions of the memory map are free for the guest to use; they exclude its
 * image and stack. docs/abi.md, "Multiboot information", has the reference.
 *
 * Depends on <stdint.h> and static_assert.h. Assembly may include this file; it then gets
 * the constants alone.
 */
#ifndef JUMPSLOT_ABI_MULTIBOOT_I386_H
#define JUMPSLOT_ABI_MULTIBOOT_I386_H

/* EAX at the entry of an i386 guest. */
#define JUMPSLOT_MULTIBOOT_MAGIC 0x2badb002

/* jumpslot_multiboot_info.flags */
#define JUMPSLOT_MULTIBOOT_COMMAND_LINE 0x4
#define JUMPSLOT_MULTIBOOT_MEMORY_MAP	0x40
#define JUMPSLOT_MULTIBOOT_LOADER_NAME	0x200

/* jumpslot_multiboot_region.kind; the guest must not use regions of another kind. */
#define JUMPSLOT_MULTIBOOT_AVAILABLE 1

#ifndef __ASSEMBLER__
#include <stdint.h>
#include "../static_assert.h"

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

/* The next region, if any, begins `size` bytes after the field `base`. */
struct jumpslot_multiboot_region {
	uint32_t size;
	uint64_t base;
	uint64_t length;
	uint32_t kind;
} __attribute__((__packed__));

JUMPSLOT_STATIC_ASSERT(sizeof(struct jumpslot_multiboot_info) == 68,
		       "jumpslot_multiboot_info");
JUMPSLOT_STATIC_ASSERT(sizeof(struct jumpslot_multiboot_region) == 24,
		       "jumpslot_multiboot_region");

#endif /* __ASSEMBLER__ */
#endif
