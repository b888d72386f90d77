/*
 * The start information: what the host passes to a guest's entry. docs/abi.md, "Entry"
 * and "Start information", explains it; entry.h defines the entry in C.
 *
 * Depends on <stdint.h> and static_assert.h. Assembly may include this file; it then gets
 * the constants alone.
 */
#ifndef JUMPSLOT_ABI_START_H
#define JUMPSLOT_ABI_START_H

/* jumpslot_start_info.magic: "jslt", read as a little-endian word. */
#define JUMPSLOT_START_MAGIC   0x746c736a
#define JUMPSLOT_START_VERSION 1

#ifndef __ASSEMBLER__
#include <stdint.h>
#include "../static_assert.h"

/*
 * Addresses are 64 bits wide on every architecture, so the offsets are the same. New
 * fields are appended; `size` says how many bytes are present.
 */
struct jumpslot_start_info {
	uint32_t magic;		  /* JUMPSLOT_START_MAGIC */
	uint32_t version;	  /* JUMPSLOT_START_VERSION */
	uint32_t size;		  /* bytes of this structure */
	uint32_t reserved;	  /* 0 */
	uint64_t vcpu_state;	  /* address of struct jumpslot_vcpu_state; 0: none */
	uint64_t resolver;	  /* the address in __external_resolver */
	uint64_t work_area_base;  /* memory for the guest to use as it likes */
	uint64_t work_area_size;  /* bytes */
	uint64_t command_line;	  /* arguments joined by spaces, NUL-terminated */
	uint64_t clock_period_ns; /* of the clock interrupt; 0: none */
	uint64_t interrupt_frame; /* bytes of stack that an interrupt takes, or 0 */
};

JUMPSLOT_STATIC_ASSERT(sizeof(struct jumpslot_start_info) == 72, "jumpslot_start_info");

#endif /* __ASSEMBLER__ */
#endif
