/*
 * The table of a provider: sections, note and records. docs/abi.md, "Providers", explains
 * them; jumpslot/provider.h has the macros that emit them.
 *
 * Depends on import.h (version, note owner and flags are common to both tables) and on
 * static_assert.h. Assembly may include this file; it then gets the constants alone.
 */
#ifndef JUMPSLOT_ABI_PROVIDER_H
#define JUMPSLOT_ABI_PROVIDER_H

#include "import.h"

/* Sections of a provider. */
#define JUMPSLOT_SECTION_PROVIDED      ".jumpslot.provided" /* struct jumpslot_provided */
#define JUMPSLOT_SECTION_PROVIDER_STR  ".jumpslot.strings"  /* names and type strings */
#define JUMPSLOT_SECTION_PROVIDER_NOTE ".note.jumpslot.provider"
#define JUMPSLOT_SECTION_STATED	       ".jumpslot.stated" /* struct jumpslot_stated */
#define JUMPSLOT_SECTION_RULES	       ".jumpslot.rules"  /* struct jumpslot_rule */

/* The type of a provider's note. Its owner is JUMPSLOT_NOTE_OWNER. */
#define JUMPSLOT_NOTE_PROVIDER 2

/* jumpslot_provided.carry; all other bits are zero. */
#define JUMPSLOT_CARRY_MASK	0xf  /* 0: not stated here; gated if stated nowhere */
#define JUMPSLOT_CARRY_GATED	0x1  /* through the gate, on the host's stack */
#define JUMPSLOT_CARRY_DIRECT	0x2  /* called like any function, on the guest's stack */
#define JUMPSLOT_CARRY_BLOCKING 0x3  /* gated, with the interrupt signal masked */
#define JUMPSLOT_CARRY_STACK	0x10 /* `stack_bytes` is given */

/* Bytes of arguments that a gate copies, at most. */
#define JUMPSLOT_MAX_STACK_BYTES 65536

/* jumpslot_stated.name of a statement that holds whenever the provider is loaded; all
 * other names are those of functions. The runner's own table has more such names. */
#define JUMPSLOT_STATED_ALWAYS "(always)"

/* Checks of a rule, and bytes of its name with the NUL. */
#define JUMPSLOT_RULE_CHECKS 4
#define JUMPSLOT_RULE_NAME   40

/* jumpslot_check.kind */
#define JUMPSLOT_CHECK_NONE    0  /* no check; all other fields are zero */
#define JUMPSLOT_CHECK_BITS    1  /* (argument & mask) == value */
#define JUMPSLOT_CHECK_PROCESS 2  /* the low 32 bits are the runner's process number */
#define JUMPSLOT_CHECK_CONSOLE 3  /* ... the descriptor of the console's input */
#define JUMPSLOT_CHECK_WAKE    4  /* ... that which wakes the thread of the sources */
#define JUMPSLOT_CHECK_LINE    5  /* ... that of any interrupt line */
#define JUMPSLOT_CHECK_OPENED  6  /* ... one that was opened after the guest's start */
#define JUMPSLOT_CHECK_FILE    7  /* ... such a one, or 0, 1 or 2 */
#define JUMPSLOT_CHECK_VCPU    8  /* ... the descriptor of the kvm host's processor */
#define JUMPSLOT_CHECK_GDB     9  /* ... the descriptor of gdb's connection */
#define JUMPSLOT_CHECK_PORT    10 /* ... one that a port of the guest waits at */
#define JUMPSLOT_CHECK_PEER    11 /* ... one that wakes the other ends of its ports */
#define JUMPSLOT_CHECK_LAST    11

#ifndef __ASSEMBLER__

/*
 * One record of a provider. Records with the same name are merged: EF() gives `function`,
 * EXTERNAL_FUNC() gives `type` and `flags`, the macros of jumpslot/provider.h give
 * `carry` and `stack_bytes`. 0 means not given.
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
 * The descriptor of a provider's note. `record_size` is the distance from one record to
 * the next: a later version may append fields to each.
 */
struct jumpslot_provider_note_desc {
	uint32_t abi_version;
	uint32_t record_size;
};

/*
 * A statement: the function `name` needs the system calls of the rules that begin at
 * `rules` and end before a rule without a name. Both are distances from their own field.
 * Statements with the same name add up.
 */
struct jumpslot_stated {
	int32_t name;
	int32_t rules;
};

/* A condition on one argument of a system call. */
struct jumpslot_check {
	uint32_t argument; /* 0 to 5 */
	uint32_t kind;	   /* JUMPSLOT_CHECK_* */
	uint64_t mask;
	uint64_t value;
};

/*
 * A system call that is allowed if all checks hold. `call` is a name, as of a man page;
 * after "x86_64:" or "i386:" the rule is for guests of that machine alone.
 */
struct jumpslot_rule {
	char call[JUMPSLOT_RULE_NAME];
	struct jumpslot_check checks[JUMPSLOT_RULE_CHECKS];
};

JUMPSLOT_STATIC_ASSERT(sizeof(struct jumpslot_provided) == 24, "jumpslot_provided");
JUMPSLOT_STATIC_ASSERT(sizeof(struct jumpslot_stated) == 8, "jumpslot_stated");
JUMPSLOT_STATIC_ASSERT(sizeof(struct jumpslot_rule) == 136, "jumpslot_rule");
JUMPSLOT_STATIC_ASSERT(sizeof(struct jumpslot_provider_note_desc) == 8,
		       "jumpslot_provider_note_desc");

#endif /* __ASSEMBLER__ */
#endif
