/* The host's side of calls.h. */
#include <jumpslot/provider.h>
#include <stdarg.h>
#include "calls.h"
#include "calls_list.h"

double call_floats(double a, float b, long double c)
{
	return a + 10 * (double)b + 100 * (double)c;
}

long double call_long_double(long double a)
{
	return a / 3;
}

v2 call_v2(v2 a, v2 b)
{
	return a * b;
}

v4 call_v4(v4 a, v4 b)
{
	return a - b;
}

int64_t call_eleven(int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, int64_t f,
		    int64_t g, int64_t h, int64_t i, int64_t j, int8_t k)
{
	return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j +
	       11 * k;
}

double call_mixed(int a, double b, int c, double d, int e, double f, int g, double h,
		  int i, double j, int k, double l, int m, double n, double o, double p)
{
	return a + b * 2 + c * 3 + d * 4 + e * 5 + f * 6 + g * 7 + h * 8 + i * 9 + j * 10 +
	       k * 11 + l * 12 + m * 13 + n * 14 + o * 15 + p * 16;
}

struct in_registers call_small(struct in_registers a, int b)
{
	return (struct in_registers){ a.whole * b, a.real / b };
}

struct in_memory call_large(struct in_memory a, int b)
{
	for (int i = 0; i < 5; i++)
		a.words[i] *= b;
	return a;
}

double call_variadic(int count, ...)
{
	double sum = 0;
	va_list arguments;

	va_start(arguments, count);
	for (int i = 0; i < count; i++)
		sum += va_arg(arguments, double) * (i + 1);
	va_end(arguments);
	return sum;
}

__int128 call_int128(__int128 a, unsigned __int128 b)
{
	return a + (__int128)b;
}

int call_nothing(void)
{
	return 42;
}

/* The static chain, R10, comes back as the result. */
__asm__(".globl call_chain\n"
	".type call_chain, @function\n"
	"call_chain:\n"
	"	mov	%r10, %rax\n"
	"	ret\n"
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
	"	fnstcw	124(%rdi)\n"
	"	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n"
	"	vmovdqu	%ymm\\n, 128 + 32 * \\n(%rdi)\n"
	"	.endr\n"
	"	fld	%st(0)\n"
	"	fstpt	640(%rdi)\n"
	"	ret\n");
