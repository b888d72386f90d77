/*
 * Writes a program of seccomp (classic BPF) from rules. It finds a call's number by a
 * binary search, and then looks at the arguments. Knows no names. Depends
 * on the kernel's headers and plan.h.
 */
#ifndef JUMPSLOT_FILTER_PROGRAM_H
#define JUMPSLOT_FILTER_PROGRAM_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FILTER_CHECKS 4

enum filter_kind {
	FILTER_BITS, /* (argument & mask) == value */
	FILTER_FROM, /* the low half is a descriptor, and at least `value` */
	FILTER_FILE, /* the same, or it is 0, 1 or 2 */
};

struct filter_check {
	enum filter_kind kind;
	unsigned argument; /* 0..5 */
	uint64_t mask;
	uint64_t value;
};

/* A call that is allowed if all checks hold. */
struct filter_rule {
	uint32_t number;
	unsigned count;
	struct filter_check checks[FILTER_CHECKS];
};

/* Where to write, and how much of it is in use. */
struct filter_program {
	struct sock_filter *instructions;
	size_t size;
	size_t count;
};

/*
 * Allows the calls of `architecture` (AUDIT_ARCH_*) that a rule allows, and traps all
 * others. `wide`: its arguments have 64 bits. Rules for the same number follow one
 * another, in order of their numbers. Returns 0, or -E2BIG if the program needs more
 * than its size.
 */
int filter_program_write(struct filter_program *program, uint32_t architecture, bool wide,
			 const struct filter_rule *rules, size_t count);

#endif
