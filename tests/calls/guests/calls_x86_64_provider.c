/* The host's side of calls_x86_64.h. */
#include <jumpslot/provider.h>
#include <stdbool.h>
#include "calls_x86_64.h"

X86_64_CALLS(PROVIDE)
X86_64_UNCOPIED_CALLS(PROVIDE_UNCOPIED)
X86_64_VARIADIC_CALLS(PROVIDE)

__int128 call_int128(__int128 a, unsigned __int128 b)
{
	return a + (__int128)b;
}

/* The other arguments align the 128-bit ones on the stack; clang 14 would not do it. */
__int128 call_int128_beyond(int a, int b, int c, int d, int e, int f, __int128 g, int h,
			    int i, __int128 j)
{
	return a + b + c + d + e + f + g * h - i * j;
}

v1 call_v1(v1 a, v1 b)
{
	return a * b;
}

/* The compiler assumes alignment, so it must not see whose address this is. */
static bool aligned(const void *argument, uintptr_t alignment)
{
	uintptr_t address = (uintptr_t)argument;

	__asm__("" : "+r"(address));
	return address % alignment == 0;
}

struct line call_line(int a, struct line b, int c, struct line d)
{
	if (!aligned(&b, 64) || !aligned(&d, 64))
		return (struct line){ 0 };
	for (int i = 0; i < 8; i++)
		b.words[i] = b.words[i] * (uint64_t)a + d.words[i] * (uint64_t)c;
	return b;
}

uint64_t call_lines(int a, struct lines b)
{
	return aligned(&b, 128) ? b.words[0] * (uint64_t)a + b.words[15] : 0;
}

__asm__(".globl call_chain\n"
	".type call_chain, @function\n"
	"call_chain:\n" /* returns the static chain */
	"	mov	%r10, %rax\n"
	"	ret\n"

	".globl call_vector_count\n"
	".type call_vector_count, @function\n"
	"call_vector_count:\n" /* returns AL */
	"	movzbl	%al, %eax\n"
	"	ret\n"

	/* Stores all registers, then destroys those that a function may change. */
	".globl call_registers\n"
	".type call_registers, @function\n"
	"call_registers:\n"
	"	mov	%rax, 0(%rdi)\n"
	"	mov	%rcx, 8(%rdi)\n"
	"	mov	%rdx, 16(%rdi)\n"
	"	mov	%rsi, 24(%rdi)\n"
	"	mov	%rdi, 32(%rdi)\n"
	"	mov	%r8, 40(%rdi)\n"
	"	mov	%r9, 48(%rdi)\n"
	"	mov	%r10, 56(%rdi)\n"
	"	mov	%rbx, 64(%rdi)\n"
	"	mov	%rbp, 72(%rdi)\n"
	"	mov	%r12, 80(%rdi)\n"
	"	mov	%r13, 88(%rdi)\n"
	"	mov	%r14, 96(%rdi)\n"
	"	mov	%r15, 104(%rdi)\n"
	"	mov	%rsp, 112(%rdi)\n"
	"	stmxcsr	120(%rdi)\n"
	"	movl	$0, 124(%rdi)\n"
	"	fnstcw	124(%rdi)\n"
	"	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n"
	"	vmovdqu	%ymm\\n, 128 + 32 * \\n(%rdi)\n"
	"	.endr\n"
	"	fstpt	640(%rdi)\n"
	"	.irp name, rax, rcx, rdx, rsi, rdi, r8, r9, r10, r11\n"
	"	mov	$-1, %\\name\n"
	"	.endr\n"
	"	vzeroall\n"
	"	ret\n");
