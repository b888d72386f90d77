/* The host's side of calls_i386.h. */
#include <jumpslot/provider.h>
#include "calls_i386.h"

I386_CALLS(PROVIDE)
I386_REGPARM3_CALLS(PROVIDE)

__asm__(".globl call_chain\n"
	".type call_chain, @function\n"
	"call_chain:\n" /* returns the static chain */
	"	mov	%ecx, %eax\n"
	"	ret\n"

	/* Stores all registers, then destroys those that a function may change. */
	".globl call_registers\n"
	".type call_registers, @function\n"
	"call_registers:\n"
	"	push	%edi\n"
	"	mov	8(%esp), %edi\n"
	"	mov	%eax, 0(%edi)\n"
	"	mov	%edx, 4(%edi)\n"
	"	mov	%ecx, 8(%edi)\n"
	"	mov	%ebx, 12(%edi)\n"
	"	mov	%esi, 16(%edi)\n"
	"	mov	(%esp), %eax\n"
	"	mov	%eax, 20(%edi)\n"
	"	mov	%ebp, 24(%edi)\n"
	"	lea	4(%esp), %eax\n"
	"	mov	%eax, 28(%edi)\n"
	"	stmxcsr	32(%edi)\n"
	"	movl	$0, 36(%edi)\n"
	"	fnstcw	36(%edi)\n"
	"	.irp n, 0, 1, 2, 3, 4, 5, 6, 7\n"
	"	vmovdqu	%ymm\\n, 40 + 32 * \\n(%edi)\n"
	"	movq	%mm\\n, 296 + 8 * \\n(%edi)\n"
	"	.endr\n"
	"	emms\n"
	"	vzeroall\n"
	"	pop	%edi\n"
	"	mov	$-1, %eax\n"
	"	mov	$-1, %edx\n"
	"	mov	$-1, %ecx\n"
	"	ret\n");
