/*
 * Functions that check calls on x86-64 alone: every register, and types that i386 does
 * not have or on which its compilers disagree. For calls_x86_64_guest.c and its provider.
 */
#ifndef CALLS_X86_64_H
#define CALLS_X86_64_H

#include <stdint.h>
#include <jumpslot/external_func.h>
#include "calls_form.h"

/* A function's registers on entry. The provider's assembly knows the offsets. */
struct registers {
	uint64_t rax, rcx, rdx, rsi, rdi, r8, r9, r10;
	uint64_t rbx, rbp, r12, r13, r14, r15;
	uint64_t rsp;
	uint32_t mxcsr;
	uint32_t control;
	uint8_t ymm[16][32];
	uint8_t st0[16];
};

typedef float v1 __attribute__((vector_size(8)));

/* Passed in memory, and aligned there. */
struct line {
	uint64_t words[8];
} __attribute__((__aligned__(64)));

/* Aligned more strictly than the gate copies. */
struct lines {
	uint64_t words[16];
} __attribute__((__aligned__(128)));

#define X86_64_CALLS(X)                                                                  \
	X(__int128, call_int128, __int128, unsigned __int128)                            \
	X(__int128, call_int128_beyond, int, int, int, int, int, int, __int128, int,     \
	  int, __int128)                                                                 \
	X(v1, call_v1, v1, v1)                                                           \
	X(struct line, call_line, int, struct line, int, struct line)                    \
	X(uint64_t, call_chain, int)                                                     \
	X(void, call_registers, struct registers *)

#define X86_64_UNCOPIED_CALLS(X) X(uint64_t, call_lines, int, struct lines)
/* AL holds the number of vector registers that carry variadic arguments. */
#define X86_64_VARIADIC_CALLS(X) X(uint64_t, call_vector_count, int)

X86_64_CALLS(CALL)
X86_64_UNCOPIED_CALLS(CALL)
X86_64_VARIADIC_CALLS(VARIADIC_CALL)

#endif
