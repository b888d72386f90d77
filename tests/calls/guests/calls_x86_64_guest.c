/*
 * Calls the functions of calls_x86_64.h, and prints what is wrong. The first argument
 * tells how calls are carried, because each way preserves other registers: "direct",
 * "gated", or "guest-stack" (through the gate, on the guest's stack).
 */
#include <stdbool.h>
#include <jumpslot/arguments.h>
#include <jumpslot/entry.h>
#include "calls_x86_64.h"
#include "calls_check.h"

static bool direct, on_guest_stack;

static void check_types(int round)
{
	__int128 large = (__int128)1 << 100;
	v1 product = call_v1((v1){ 2, 3 }, (v1){ 5, 7 });
	struct line a = { { 1, 2, 3, 4, 5, 6, 7, 8 } };
	struct line b = { { 8, 7, 6, 5, 4, 3, 2, 1 } };
	struct line sum = call_line(10, a, 100, b);
	struct lines lines = { .words = { 4, [15] = 2 } };

	check(call_int128(-large, (unsigned __int128)1 << 90) ==
		      -large + ((__int128)1 << 90),
	      "128-bit integers", round);
	check(call_int128_beyond(1, 2, 3, 4, 5, 6, large, 7, 8, -9) == 93 + 7 * large,
	      "128-bit integers on the stack", round);
	check(product[0] == 10 && product[1] == 21, "8-byte vectors", round);
	check(sum.words[0] == 810 && sum.words[7] == 180, "structs aligned to 64 bytes",
	      round);
	check(call_lines(10, lines) == 42, "a struct aligned to 128 bytes", round);
	check(call_vector_count(1, 2) == 0 && call_vector_count(1, 2.0, 3.0, 4) == 2,
	      "how many vector registers a variadic call uses", round);
}

static void check_chain(int round)
{
	uint64_t (*volatile through_pointer)(int) = call_chain;
	int object = 0;

	/* For a function that is not nested, a direct call passes no static chain. */
	check(__builtin_call_with_static_chain(through_pointer(7), (void *)&object) ==
		      (uint64_t)(uintptr_t)&object,
	      "static chain", round);
}

/* State that a call must preserve. The assembly below knows the offsets. */
struct kept {
	uint64_t rbx, rbp, r12, r13, r14, r15;
	uint64_t rsp;
	uint32_t mxcsr;
	uint32_t control;
	uint64_t flags;
};

/* Round up, flush denormals to zero; x87 has the precision of double. */
enum { GUEST_MXCSR = 0xdfc0, GUEST_CONTROL = 0x0a7f };
enum { PSABI_MXCSR = 0x1f80, PSABI_CONTROL = 0x037f };
enum { DIRECTION_FLAG = 0x400 };

/* Without MXCSR's lowest bits, which are flags. */
static uint32_t control_bits(uint32_t mxcsr)
{
	return mxcsr & 0xffc0;
}

/* Sets every register, calls `target`, and stores the state that it must preserve. */
void call_with_all_registers(struct registers *seen, const uint8_t *ymm,
			     struct kept *kept, void *target);
__asm__(".globl call_with_all_registers\n"
	".type call_with_all_registers, @function\n"
	"call_with_all_registers:\n"
	"	push	%rbx\n"
	"	push	%rbp\n"
	"	push	%r12\n"
	"	push	%r13\n"
	"	push	%r14\n"
	"	push	%r15\n"
	"	sub	$24, %rsp\n" /* the stack is aligned */
	"	mov	%rcx, (%rsp)\n"
	"	mov	%rdx, 8(%rsp)\n"
	"	stmxcsr	16(%rsp)\n"
	"	fnstcw	20(%rsp)\n"
	"	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n"
	"	vmovdqu	32 * \\n(%rsi), %ymm\\n\n"
	"	.endr\n"
	"	fld1\n"
	"	movl	$0xdfc0, -8(%rsp)\n"
	"	ldmxcsr	-8(%rsp)\n"
	"	movl	$0x0a7f, -8(%rsp)\n"
	"	fldcw	-8(%rsp)\n"
	"	mov	$0x1111111111111111, %rax\n"
	"	mov	$0x2222222222222222, %rcx\n"
	"	mov	$0x3333333333333333, %rdx\n"
	"	mov	$0x4444444444444444, %rsi\n"
	"	mov	$0x5555555555555555, %r8\n"
	"	mov	$0x6666666666666666, %r9\n"
	"	mov	$0x7777777777777777, %r10\n"
	"	mov	$0x8888888888888888, %rbx\n"
	"	mov	$0x9999999999999999, %rbp\n"
	"	mov	$0xaaaaaaaaaaaaaaaa, %r12\n"
	"	mov	$0xbbbbbbbbbbbbbbbb, %r13\n"
	"	mov	$0xcccccccccccccccc, %r14\n"
	"	mov	$0xdddddddddddddddd, %r15\n"
	"	call	*(%rsp)\n"
	"	mov	8(%rsp), %rcx\n"
	"	mov	%rbx, 0(%rcx)\n"
	"	mov	%rbp, 8(%rcx)\n"
	"	mov	%r12, 16(%rcx)\n"
	"	mov	%r13, 24(%rcx)\n"
	"	mov	%r14, 32(%rcx)\n"
	"	mov	%r15, 40(%rcx)\n"
	"	mov	%rsp, 48(%rcx)\n"
	"	stmxcsr	56(%rcx)\n"
	"	movl	$0, 60(%rcx)\n"
	"	fnstcw	60(%rcx)\n"
	"	pushfq\n"
	"	pop	64(%rcx)\n"
	"	ldmxcsr	16(%rsp)\n"
	"	fldcw	20(%rsp)\n"
	"	add	$24, %rsp\n"
	"	pop	%r15\n"
	"	pop	%r14\n"
	"	pop	%r13\n"
	"	pop	%r12\n"
	"	pop	%rbp\n"
	"	pop	%rbx\n"
	"	ret\n");

static const uint64_t callee_saved[] = {
	0x8888888888888888, 0x9999999999999999, 0xaaaaaaaaaaaaaaaa,
	0xbbbbbbbbbbbbbbbb, 0xcccccccccccccccc, 0xdddddddddddddddd,
};

/* The path from guest to host function preserves every register that can carry an
 * argument. */
static void check_arguments(const struct registers *seen, uint8_t (*ymm)[32], int round)
{
	static uint64_t expected[] = {
		0x1111111111111111, 0x2222222222222222,	  0x3333333333333333,
		0x4444444444444444, 0 /* the argument */, 0x5555555555555555,
		0x6666666666666666, 0x7777777777777777,
	};

	expected[4] = (uintptr_t)seen;
	check(same(seen, expected, sizeof(expected)), "general registers", round);
	check(same(seen->ymm, ymm, sizeof(seen->ymm)), "vector registers", round);
}

/* A direct call is a jump: all other registers are the guest's too. */
static void check_direct(const struct registers *seen, int round)
{
	static const uint8_t one[10] = { 0, 0, 0, 0, 0, 0, 0, 0x80, 0xff, 0x3f };

	check(same(&seen->rbx, callee_saved, sizeof(callee_saved)),
	      "callee-saved registers on the way in", round);
	check(control_bits(seen->mxcsr) == GUEST_MXCSR && seen->control == GUEST_CONTROL,
	      "the guest's floating-point control", round);
	check(same(seen->st0, one, sizeof(one)), "the x87 stack", round);
}

static void check_gated(const struct registers *seen, int round)
{
	check(control_bits(seen->mxcsr) == PSABI_MXCSR && seen->control == PSABI_CONTROL,
	      "the host's floating-point control", round);
}

static void check_stack(uint64_t seen, uint64_t guests, int round)
{
	check(seen % 16 == 8, "alignment of the stack", round);
	if (direct || on_guest_stack)
		check(seen == guests - 8, "the guest's stack pointer", round);
	else
		check(seen - guests > 1 << 20 && guests - seen > 1 << 20,
		      "the host's stack", round);
}

static void check_kept(const struct kept *kept, int round)
{
	check(same(kept, callee_saved, sizeof(callee_saved)),
	      "callee-saved registers on the way out", round);
	check(control_bits(kept->mxcsr) == GUEST_MXCSR && kept->control == GUEST_CONTROL,
	      "floating-point control on the way out", round);
	check(!(kept->flags & DIRECTION_FLAG), "the direction flag", round);
}

static void check_registers(int round)
{
	static struct registers seen;
	static uint8_t ymm[16][32];
	struct kept kept;

	for (size_t i = 0; i < sizeof(ymm); i++)
		((uint8_t *)ymm)[i] = (uint8_t)(i * 7 + 1);
	call_with_all_registers(&seen, ymm[0], &kept, (void *)(uintptr_t)call_registers);
	check_arguments(&seen, ymm, round);
	if (direct)
		check_direct(&seen, round);
	else
		check_gated(&seen, round);
	check_stack(seen.rsp, kept.rsp, round);
	check_kept(&kept, round);
}

JUMPSLOT_ENTRY(info)
{
	char carry[16] = "";

	(void)info;
	jumpslot_argument(1, carry, sizeof(carry));
	direct = same(carry, "direct", 7);
	on_guest_stack = same(carry, "guest-stack", 12);
	for (int round = 0; round < ROUNDS; round++) {
		check_types(round);
		check_chain(round);
		check_registers(round);
	}
	return done();
}
