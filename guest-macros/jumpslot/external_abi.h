/*
 * The binary layout that guest, host and tools agree on: ABI version 1.
 *
 * Self-contained: depends on <stdint.h> alone, and everything above the
 * C part may be included from assembly. docs/abi.md explains the layout; the
 * names here are the only ones that code may use for it.
 */
#ifndef JUMPSLOT_EXTERNAL_ABI_H
#define JUMPSLOT_EXTERNAL_ABI_H

#define JUMPSLOT_ABI_VERSION 1

/* Sections of a guest. Their bounds come from the section headers. */
#define JUMPSLOT_SECTION_STR	".externals.str"    /* names and type strings */
#define JUMPSLOT_SECTION_SYMTAB ".externals.symtab" /* struct jumpslot_import */
#define JUMPSLOT_SECTION_JMPTBL ".externals.jmptbl" /* the slots */
#define JUMPSLOT_SECTION_TEXT	".text.externals"   /* the stubs */
#define JUMPSLOT_SECTION_DEBUG	".debug_externals"  /* places and prototypes */
#define JUMPSLOT_SECTION_NOTE	".note.jumpslot"    /* struct jumpslot_note_desc */

/* Sections of a provider. */
#define JUMPSLOT_SECTION_PROVIDED      ".jumpslot.provided" /* struct jumpslot_provided */
#define JUMPSLOT_SECTION_PROVIDER_STR  ".jumpslot.strings"  /* names and type strings */
#define JUMPSLOT_SECTION_PROVIDER_NOTE ".note.jumpslot.provider"

/* Both notes have this owner and one of these types. */
#define JUMPSLOT_NOTE_OWNER    "jumpslot"
#define JUMPSLOT_NOTE_GUEST    1
#define JUMPSLOT_NOTE_PROVIDER 2
#define JUMPSLOT_NOTE_VCPU     3 /* a guest that takes interrupts */

/* jumpslot_import.flags and jumpslot_provided.flags; all other bits are zero. */
#define JUMPSLOT_OPTIONAL	 0x1 /* guest: starts without it */
#define JUMPSLOT_VARIADIC	 0x2
#define JUMPSLOT_CONVENTION_MASK 0xf0
#define JUMPSLOT_CDECL		 0x00 /* the psABI's own convention */
#define JUMPSLOT_REGPARM3	 0x10 /* i386 only, as are those below */
#define JUMPSLOT_FASTCALL	 0x20
#define JUMPSLOT_STDCALL	 0x30
#define JUMPSLOT_FLAGS_KNOWN                                                             \
	(JUMPSLOT_OPTIONAL | JUMPSLOT_VARIADIC | JUMPSLOT_CONVENTION_MASK)

/* jumpslot_provided.carry; all other bits are zero. */
#define JUMPSLOT_CARRY_MASK	0xf  /* 0: not said here, and if nowhere, gated */
#define JUMPSLOT_CARRY_GATED	0x1  /* through the gate, on the host's stack */
#define JUMPSLOT_CARRY_DIRECT	0x2  /* called like any function, on the guest's stack */
#define JUMPSLOT_CARRY_BLOCKING 0x3  /* gated, with the interrupt signal masked */
#define JUMPSLOT_CARRY_STACK	0x10 /* `stack_bytes` is given */

/* Limits that every reader enforces. */
#define JUMPSLOT_MAX_IMPORTS	 0x100000 /* entries in one table */
#define JUMPSLOT_MAX_NAME	 1023	  /* bytes in a name or type string */
#define JUMPSLOT_MAX_STACK_BYTES 65536	  /* of arguments that a gate copies */

/* jumpslot_start_info.magic: "jslt", read as a little-endian word. */
#define JUMPSLOT_START_MAGIC   0x746c736a
#define JUMPSLOT_START_VERSION 1

/* jumpslot_vcpu_state.version */
#define JUMPSLOT_VCPU_VERSION 1
#define JUMPSLOT_VCPU_PAGE    4096 /* bytes that are set aside for it, and its alignment */

/* Interrupt vectors: 0 is the clock, 1 to 15 are lines of the host, and 16 to 63 the
 * guest's own. */
#define JUMPSLOT_VECTORS	64
#define JUMPSLOT_VECTOR_CLOCK	0
#define JUMPSLOT_VECTOR_CONSOLE 1
#define JUMPSLOT_VECTOR_SOFT	16

/* What EAX holds at the entry of an i386 guest (Multiboot 1, section 3.2). */
#define JUMPSLOT_MULTIBOOT_MAGIC 0x2badb002

#ifndef __ASSEMBLER__
#include <stdint.h>

/*
 * One external function of a guest. The same 16 bytes for 32 and 64 bit.
 * An offset is relative to the address of its own field; 0 in `type` means
 * that the type is unknown.
 */
struct jumpslot_import {
	int32_t name;
	int32_t type;
	int32_t slot;
	uint32_t flags;
};

/* The descriptor of a guest's note. `resolver`: offset of __external_resolver. */
struct jumpslot_note_desc {
	uint32_t abi_version;
	int32_t resolver;
};

/*
 * One record of a provider. Several records may bear one name and are merged:
 * EF() gives `function`, EXTERNAL_FUNC() gives `type` and `flags`, the macros at the top
 * of provider.h give `carry` and `stack_bytes`; 0 = not given.
 */
struct jumpslot_provided {
	int32_t name;
	int32_t type;
	int32_t function;
	uint32_t flags;
	uint32_t carry;	      /* JUMPSLOT_CARRY_* */
	uint32_t stack_bytes; /* of arguments, at most, with JUMPSLOT_CARRY_STACK */
};

/*
 * The descriptor of a provider's note. `record_size` is the distance from one
 * record to the next: a later version may append fields to each.
 */
struct jumpslot_provider_note_desc {
	uint32_t abi_version;
	uint32_t record_size;
};

/*
 * What a guest's entry is handed (start_info.h). Addresses are 64 bits wide on
 * every architecture, so the offsets are the same. New fields go at the end;
 * `size` says how many bytes there are.
 */
struct jumpslot_start_info {
	uint32_t magic;		  /* JUMPSLOT_START_MAGIC */
	uint32_t version;	  /* JUMPSLOT_START_VERSION */
	uint32_t size;		  /* bytes, this field's struct as a whole */
	uint32_t reserved;	  /* 0 */
	uint64_t vcpu_state;	  /* address of the vCPU state, 0: none */
	uint64_t resolver;	  /* address that __external_resolver holds */
	uint64_t work_area_base;  /* memory for the guest to use as it likes */
	uint64_t work_area_size;  /* bytes */
	uint64_t command_line;	  /* arguments joined by spaces, NUL-terminated */
	uint64_t clock_period_ns; /* of the clock interrupt, 0: none */
	uint64_t interrupt_frame; /* bytes of stack an interrupt takes, 0: none */
};

/*
 * The state of the virtual CPU, in the guest's own memory: 4096 bytes, page-aligned, that
 * the note JUMPSLOT_NOTE_VCPU names. Guest and host both read and write it; the host
 * trusts nothing that it reads there. Bit n of a set is vector n.
 */
struct jumpslot_vcpu_state {
	uint32_t version;    /* JUMPSLOT_VCPU_VERSION, filled in by the host */
	uint32_t size;	     /* bytes, this struct as a whole */
	uint32_t level;	     /* 0: interrupts are delivered, anything else: they wait */
	uint32_t nesting;    /* handlers that have not returned */
	uint64_t pending;    /* raised, and not delivered yet */
	uint64_t masked;     /* not to be delivered; at first, all */
	uint64_t in_service; /* delivered, and not acknowledged yet */
	uint32_t missed;     /* clock periods that were not delivered */
	uint32_t coalesced;  /* raised while already pending; the clock not counted */
	uint32_t partition;  /* which guest this is, where there are several */
	uint32_t reserved;
};

/*
 * What an interrupt handler gets a pointer to. It lies on the stack that was interrupted;
 * more lies behind it, and all of it is read when the handler returns.
 */
struct jumpslot_interrupt_frame {
	uint64_t pc; /* where the guest was */
	uint64_t sp;
	uint64_t flags;
	uint32_t vector;
	uint32_t level;	  /* before the interrupt, and after */
	uint32_t nesting; /* the same */
	uint32_t reserved;
};

/* The descriptor of that note. `state`: offset of the state, relative to this field. */
struct jumpslot_vcpu_note_desc {
	uint32_t version;
	int32_t state;
};

#ifdef __cplusplus
#define JUMPSLOT_ABI_ASSERT(what) static_assert(what, #what)
#else
#define JUMPSLOT_ABI_ASSERT(what) _Static_assert(what, #what)
#endif
JUMPSLOT_ABI_ASSERT(sizeof(struct jumpslot_import) == 16);
JUMPSLOT_ABI_ASSERT(sizeof(struct jumpslot_note_desc) == 8);
JUMPSLOT_ABI_ASSERT(sizeof(struct jumpslot_provided) == 24);
JUMPSLOT_ABI_ASSERT(sizeof(struct jumpslot_provider_note_desc) == 8);
JUMPSLOT_ABI_ASSERT(sizeof(struct jumpslot_start_info) == 72);
JUMPSLOT_ABI_ASSERT(sizeof(struct jumpslot_vcpu_state) == 56);
JUMPSLOT_ABI_ASSERT(sizeof(struct jumpslot_interrupt_frame) == 40);
JUMPSLOT_ABI_ASSERT(sizeof(struct jumpslot_vcpu_note_desc) == 8);
#undef JUMPSLOT_ABI_ASSERT

#endif /* __ASSEMBLER__ */
#endif
