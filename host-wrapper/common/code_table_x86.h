/*
 * Tables of places in our own code that signal handlers treat in a special way. Each
 * assembly file adds its entries beside the code (asm_x86.h: code_range, stop), so that C
 * needs no label of it. Entries hold distances, not addresses: no relocation at run time.
 * Included from assembly and C; depends on the linker alone.
 */
#ifndef JUMPSLOT_CODE_TABLE_X86_H
#define JUMPSLOT_CODE_TABLE_X86_H

/* Kinds of ranges, by what a signal handler does if the program counter is in one. */
#define CODE_GATE      1 /* interrupt: wait; the way out of the gate looks for it */
#define CODE_CHECK     2 /* interrupt in CODE_GATE: continue at the range's start */
#define CODE_GUEST     3 /* in CODE_GATE: like guest code, registers too */
#define CODE_RETURNING 4 /* interrupt at level 0: restart at jumpslot_resume */
#define CODE_SLEEP     5 /* interrupt that is delivered: continue at the range's end */
#define CODE_COPY      6 /* fault by reading: skip the word, continue at the end */
#define CODE_RETURNED  7 /* illegal instruction: the guest's fault handler returned */

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Entries as they lie in their sections. All fields except the last hold the distance
 * from the field to the code. */
struct code_range_entry {
	int32_t start, end;
	uint32_t kind;
};

struct code_stop_entry {
	int32_t pc;
	uint32_t outcome;
};

/* The linker defines these symbols for sections whose names are C identifiers. */
#define CODE_HIDDEN __attribute__((__visibility__("hidden")))
extern const struct code_range_entry __start_jumpslot_ranges[] CODE_HIDDEN;
extern const struct code_range_entry __stop_jumpslot_ranges[] CODE_HIDDEN;
extern const struct code_stop_entry __start_jumpslot_stops[] CODE_HIDDEN;
extern const struct code_stop_entry __stop_jumpslot_stops[] CODE_HIDDEN;
extern const char __executable_start[] CODE_HIDDEN, etext[] CODE_HIDDEN;
#undef CODE_HIDDEN

struct code_range {
	uintptr_t start, end; /* both 0: not found */
};

static inline uintptr_t code_address(const int32_t *distance)
{
	return (uintptr_t)distance + (uintptr_t)(intptr_t)*distance;
}

/* Whether `pc` lies in this program, which is where all ranges lie. */
static inline bool code_is_own(uintptr_t pc)
{
	return pc >= (uintptr_t)__executable_start && pc < (uintptr_t)etext;
}

/* The range of that kind that `pc` lies in. Async-signal-safe. */
static inline struct code_range code_range_find(uint32_t kind, uintptr_t pc)
{
	const struct code_range_entry *entry = __start_jumpslot_ranges;

	if (!code_is_own(pc)) /* the guest's: as a rule */
		return (struct code_range){ 0, 0 };
	for (; entry < __stop_jumpslot_ranges; entry++) {
		struct code_range range = { code_address(&entry->start),
					    code_address(&entry->end) };

		if (entry->kind == kind && pc >= range.start && pc < range.end)
			return range;
	}
	return (struct code_range){ 0, 0 };
}

/* The OUTCOME_* of the stop at `pc`, or 0. Async-signal-safe. */
static inline uint32_t code_stop_find(uintptr_t pc)
{
	const struct code_stop_entry *entry = __start_jumpslot_stops;

	for (; entry < __stop_jumpslot_stops; entry++)
		if (code_address(&entry->pc) == pc)
			return entry->outcome;
	return 0;
}

/* Stops with that OUTCOME_*, a constant: the fault handler reports it. */
#define CODE_STOP(outcome)                                                               \
	do {                                                                             \
		__asm__ volatile("1: ud2\n"                                              \
				 ".pushsection jumpslot_stops, \"a\"\n"                  \
				 ".balign 4\n"                                           \
				 ".long 1b - .\n"                                        \
				 ".long %c0\n"                                           \
				 ".popsection"                                           \
				 :                                                       \
				 : "i"(outcome));                                        \
		__builtin_unreachable();                                                 \
	} while (0)

#endif
#endif
