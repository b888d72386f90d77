/*
 * The import table of a guest: sections, note, flags and the table's entries.
 * docs/abi.md explains them ("Sections of a guest", "Import table", "Note").
 *
 * Depends on <stdint.h> and static_assert.h. Assembly may include this file; it then
 * gets the constants alone.
 */
#ifndef JUMPSLOT_ABI_IMPORT_H
#define JUMPSLOT_ABI_IMPORT_H

/* Of guests and providers. docs/abi.md, "Versions", says what raises it. */
#define JUMPSLOT_ABI_VERSION 1

/* Sections of a guest. Their bounds come from the section headers. */
#define JUMPSLOT_SECTION_STR	".externals.str"    /* names and type strings */
#define JUMPSLOT_SECTION_SYMTAB ".externals.symtab" /* struct jumpslot_import */
#define JUMPSLOT_SECTION_JMPTBL ".externals.jmptbl" /* the slots */
#define JUMPSLOT_SECTION_TEXT	".text.externals"   /* the stubs */
#define JUMPSLOT_SECTION_DEBUG	".debug_externals"  /* places and prototypes */
#define JUMPSLOT_SECTION_NOTE	".note.jumpslot"    /* struct jumpslot_note_desc */

/* The owner of every note of jumpslot; the type tells the notes apart. */
#define JUMPSLOT_NOTE_OWNER "jumpslot"
#define JUMPSLOT_NOTE_GUEST 1

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

/* Limits that every reader enforces. */
#define JUMPSLOT_MAX_IMPORTS 0x100000 /* entries in one table */
#define JUMPSLOT_MAX_NAME    1023     /* bytes in a name or type string */

#ifndef __ASSEMBLER__
#include <stdint.h>
#include "../static_assert.h"

/*
 * One external function of a guest. The same 16 bytes for 32 and 64 bit. Each offset is
 * relative to the address of its own field; 0 in `type` means that the type is unknown.
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

JUMPSLOT_STATIC_ASSERT(sizeof(struct jumpslot_import) == 16, "jumpslot_import");
JUMPSLOT_STATIC_ASSERT(sizeof(struct jumpslot_note_desc) == 8, "jumpslot_note_desc");

#endif /* __ASSEMBLER__ */
#endif
