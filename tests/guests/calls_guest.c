/*
 * Calls every function of calls.h twice, so that the first call is an unbound one, and
 * says which results are wrong. The exit status counts them.
 */
#include <jumpslot/start_info.h>
#include <jumpslot/virt_bsp.h>
#include "calls.h"

static int wrong;

static void print(const char *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	_BSP_Virtual_Console_write(text, length);
}

static void check(int right, const char *what, int round)
{
	if (right)
		return;
	wrong++;
	print(round ? "wrong on a later call: " : "wrong on the first call: ");
	print(what);
	print("\n");
}

static int same(const void *a, const void *b, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (((const char *)a)[i] != ((const char *)b)[i])
			return 0;
	return 1;
}

static void check_floats(int round)
{
	check(call_floats(1.5, 2.5f, 3.5L) == 376.5, "floats", round);
	check(call_long_double(1.0L) == 1.0L / 3, "long double", round);
}

static void check_vectors(int round)
{
	v2 product = call_v2((v2){ 2, 3 }, (v2){ 5, 7 });
	v4 difference = call_v4((v4){ 9, 8, 7, 6 }, (v4){ 1, 3, 5, 7 });

	check(product[0] == 10 && product[1] == 21, "16-byte vectors", round);
	check(difference[0] == 8 && difference[1] == 5 && difference[2] == 2 &&
		      difference[3] == -1,
	      "32-byte vectors", round);
}

static void check_many(int round)
{
	check(call_eleven(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, -11) == 264, "eleven integers",
	      round);
	check(call_mixed(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16) == 1496,
	      "integers and doubles mixed", round);
	check(call_variadic(9, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0) == 285,
	      "variadic doubles", round);
	check(call_nothing() == 42, "no arguments", round);
}

static void check_structs(int round)
{
	struct in_registers small = call_small((struct in_registers){ 21, 8 }, 2);
	struct in_memory large = call_large((struct in_memory){ { 1, 2, 3, 4, 5 } }, 3);
	__int128 sum = call_int128(-((__int128)1 << 100), (unsigned __int128)1 << 90);

	check(small.whole == 42 && small.real == 4, "a struct in registers", round);
	check(large.words[0] == 3 && large.words[4] == 15, "a struct in memory", round);
	check(sum == -((__int128)1 << 100) + ((__int128)1 << 90), "128-bit integers",
	      round);
}

/* A nested function's static chain, and one passed on purpose. */
static void check_chain(int round)
{
	uint64_t (*volatile through_pointer)(int) = call_chain;
	int object = 0;

	/* A direct call of what is no nested function passes none. */
	check(__builtin_call_with_static_chain(through_pointer(7), (void *)&object) ==
		      (uint64_t)(uintptr_t)&object,
	      "static chain", round);
#ifndef __clang__
	int from_outside = 20;
	int __attribute__((noinline)) nested(int a)
	{
		return call_nothing() + from_outside + a;
	}

	check(nested(3) == 65, "a call in a nested function", round);
#endif
}

/* Sets every register, calls, and keeps the stack pointer at the call for comparison. */
void call_with_all_registers(struct registers *seen, const uint8_t *ymm,
			     uint64_t *stack_pointer, void *target);
__asm__(".globl call_with_all_registers\n"
	".type call_with_all_registers, @function\n"
	"call_with_all_registers:\n"
	"	push	%rbx\n"
	"	push	%rbp\n"
	"	push	%r12\n"
	"	push	%r13\n"
	"	push	%r14\n"
	"	push	%r15\n"
	"	push	%rcx\n"		/* the target, and the stack is aligned */
	"	mov	%rsp, (%rdx)\n"
	"	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n"
	"	vmovdqu	32 * \\n(%rsi), %ymm\\n\n"
	"	.endr\n"
	"	fld1\n"
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
	"	fstp	%st(0)\n"
	"	vzeroall\n"
	"	pop	%rcx\n"
	"	pop	%r15\n"
	"	pop	%r14\n"
	"	pop	%r13\n"
	"	pop	%r12\n"
	"	pop	%rbp\n"
	"	pop	%rbx\n"
	"	ret\n");

static void check_registers(int round)
{
	static struct registers seen;
	static uint8_t ymm[16][32];
	uint64_t stack_pointer;
	static uint64_t expected[] = {
		0x1111111111111111, 0x2222222222222222, 0x3333333333333333,
		0x4444444444444444, 0 /* the argument */, 0x5555555555555555,
		0x6666666666666666, 0x7777777777777777, 0x8888888888888888,
		0x9999999999999999, 0xaaaaaaaaaaaaaaaa, 0xbbbbbbbbbbbbbbbb,
		0xcccccccccccccccc, 0xdddddddddddddddd,
	};
	static const uint8_t one[10] = { 0, 0, 0, 0, 0, 0, 0, 0x80, 0xff, 0x3f };

	expected[4] = (uintptr_t)&seen;
	for (size_t i = 0; i < sizeof(ymm); i++)
		((uint8_t *)ymm)[i] = (uint8_t)(i * 7 + 1);
	call_with_all_registers(&seen, ymm[0], &stack_pointer,
				(void *)(uintptr_t)call_registers);
	check(same(&seen, expected, sizeof(expected)), "general registers", round);
	check(seen.rsp == stack_pointer - 8, "the stack pointer", round);
	check(seen.mxcsr_and_control == 0x37f00001f80, "floating-point control", round);
	check(same(seen.ymm, ymm, sizeof(ymm)), "vector registers", round);
	check(same(seen.st0, one, sizeof(one)), "the x87 stack", round);
}

JUMPSLOT_ENTRY(info)
{
	(void)info;
	for (int round = 0; round < 2; round++) {
		check_floats(round);
		check_vectors(round);
		check_many(round);
		check_structs(round);
		check_chain(round);
		check_registers(round);
	}
	print("done\n");
	return wrong;
}
