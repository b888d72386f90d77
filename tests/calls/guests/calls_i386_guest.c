/*
 * Calls the functions of calls_i386.h, and prints what is wrong. The first argument tells
 * how calls are carried, because each way preserves other registers: "direct", "gated",
 * or "guest-stack" (through the gate, on the guest's stack).
 */
#include <stdbool.h>
#include <jumpslot/arguments.h>
#include <jumpslot/entry.h>
#include "calls_i386.h"
#include "calls_check.h"

static bool direct;

static void check_chain(int round)
{
	uint32_t (*volatile through_pointer)(int) = call_chain;
	int object = 0;

	/* For a function that is not nested, a direct call passes no static chain. */
	check(__builtin_call_with_static_chain(through_pointer(7), (void *)&object) ==
		      (uint32_t)(uintptr_t)&object,
	      "static chain", round);
}

/* State that a call must preserve. The assembly below knows the offsets. */
struct kept {
	uint32_t ebx, esi, edi, ebp;
	uint32_t esp;
	uint32_t mxcsr;
	uint32_t control;
	uint32_t flags;
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

/* Arguments of the assembly below. */
struct call {
	struct registers *seen;
	const uint8_t *ymm;
	const uint8_t *mm;
	struct kept *kept;
	void *target;
	uint32_t mxcsr;
	uint32_t control;
};

/* Sets every register, calls `target`, and stores the state that it must preserve. */
void call_with_all_registers(const struct call *call);
__asm__(".globl call_with_all_registers\n"
	".type call_with_all_registers, @function\n"
	"call_with_all_registers:\n"
	"	push	%ebx\n"
	"	push	%esi\n"
	"	push	%edi\n"
	"	push	%ebp\n"
	"	sub	$28, %esp\n"	  /* the stack is aligned */
	"	mov	48(%esp), %ebx\n" /* `call`: its fields */
	"	stmxcsr	16(%esp)\n"
	"	fnstcw	20(%esp)\n"
	"	mov	0(%ebx), %eax\n" /* the argument on the stack */
	"	mov	%eax, (%esp)\n"
	"	mov	12(%ebx), %eax\n"
	"	mov	%eax, 8(%esp)\n"
	"	mov	16(%ebx), %eax\n"
	"	mov	%eax, 4(%esp)\n"
	"	mov	4(%ebx), %esi\n"
	"	mov	8(%ebx), %edi\n"
	"	.irp n, 0, 1, 2, 3, 4, 5, 6, 7\n"
	"	vmovdqu	32 * \\n(%esi), %ymm\\n\n"
	"	movq	8 * \\n(%edi), %mm\\n\n"
	"	.endr\n"
	"	ldmxcsr	20(%ebx)\n"
	"	fldcw	24(%ebx)\n"
	"	mov	$0x11111111, %eax\n"
	"	mov	$0x22222222, %edx\n"
	"	mov	$0x33333333, %ecx\n"
	"	mov	$0x44444444, %ebx\n"
	"	mov	$0x55555555, %esi\n"
	"	mov	$0x66666666, %edi\n"
	"	mov	$0x77777777, %ebp\n"
	"	call	*4(%esp)\n"
	"	mov	8(%esp), %ecx\n"
	"	mov	%ebx, 0(%ecx)\n"
	"	mov	%esi, 4(%ecx)\n"
	"	mov	%edi, 8(%ecx)\n"
	"	mov	%ebp, 12(%ecx)\n"
	"	mov	%esp, 16(%ecx)\n"
	"	stmxcsr	20(%ecx)\n"
	"	movl	$0, 24(%ecx)\n"
	"	fnstcw	24(%ecx)\n"
	"	pushf\n"
	"	pop	28(%ecx)\n"
	"	ldmxcsr	16(%esp)\n"
	"	fldcw	20(%esp)\n"
	"	add	$28, %esp\n"
	"	pop	%ebp\n"
	"	pop	%edi\n"
	"	pop	%esi\n"
	"	pop	%ebx\n"
	"	ret\n");

static const uint32_t callee_saved[] = { 0x44444444, 0x55555555, 0x66666666, 0x77777777 };
static uint8_t ymm[8][32], mm[8][8];

/* The path from guest to host function preserves every register that can carry an
 * argument. */
static void check_arguments(const struct registers *seen, int round)
{
	static const uint32_t expected[] = { 0x11111111, 0x22222222, 0x33333333 };

	check(same(seen, expected, sizeof(expected)), "general registers", round);
	check(same(seen->ymm, ymm, sizeof(ymm)), "vector registers", round);
	check(same(seen->mm, mm, sizeof(mm)), "MMX registers", round);
}

/* A direct call is a jump: all other registers are the guest's too. */
static void check_direct(const struct registers *seen, int round)
{
	check(same(&seen->ebx, callee_saved, sizeof(callee_saved)),
	      "callee-saved registers on the way in", round);
	check(control_bits(seen->mxcsr) == GUEST_MXCSR && seen->control == GUEST_CONTROL,
	      "the guest's floating-point control", round);
}

static void check_gated(const struct registers *seen, int round)
{
	check(control_bits(seen->mxcsr) == PSABI_MXCSR && seen->control == PSABI_CONTROL,
	      "the host's floating-point control", round);
}

static void check_stack(uint32_t seen, uint32_t guests, int round)
{
	check(seen % 16 == 12, "alignment of the stack", round);
	if (direct)
		check(seen == guests - 4, "the guest's stack pointer", round);
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
	struct kept kept;
	const struct call call = {
		.seen = &seen,
		.ymm = ymm[0],
		.mm = mm[0],
		.kept = &kept,
		.target = (void *)(uintptr_t)call_registers,
		.mxcsr = GUEST_MXCSR,
		.control = GUEST_CONTROL,
	};

	call_with_all_registers(&call);
	check_arguments(&seen, round);
	if (direct)
		check_direct(&seen, round);
	else
		check_gated(&seen, round);
	check_stack(seen.esp, kept.esp, round);
	check_kept(&kept, round);
}

JUMPSLOT_ENTRY(info)
{
	char carry[16] = "";

	(void)info;
	for (size_t i = 0; i < sizeof(ymm); i++)
		((uint8_t *)ymm)[i] = (uint8_t)(i * 7 + 1);
	for (size_t i = 0; i < sizeof(mm); i++)
		((uint8_t *)mm)[i] = (uint8_t)(i * 3 + 2);
	jumpslot_argument(1, carry, sizeof(carry));
	direct = same(carry, "direct", 7);
	for (int round = 0; round < ROUNDS; round++) {
		check_chain(round);
		check_registers(round);
	}
	return done();
}
