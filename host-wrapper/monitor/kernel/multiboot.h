/* The information of a Multiboot loader, as far as the kernel reads it (Multiboot
 * Specification 0.6.96, 3.3). Depends on <stdint.h> alone. */
#ifndef JUMPSLOT_MONITOR_MULTIBOOT_H
#define JUMPSLOT_MONITOR_MULTIBOOT_H

#include <stdint.h>

#define MULTIBOOT_HAS_MEMORY  0x1u
#define MULTIBOOT_HAS_MODULES 0x8u

struct multiboot {
	uint32_t flags;
	uint32_t memory_lower;
	uint32_t memory_upper; /* KiB from 1 MiB on */
	uint32_t boot_device;
	uint32_t command_line;
	uint32_t module_count;
	uint32_t modules; /* physical address */
};

struct multiboot_module {
	uint32_t start, end; /* physical addresses */
	uint32_t command_line;
	uint32_t reserved;
};

#endif
