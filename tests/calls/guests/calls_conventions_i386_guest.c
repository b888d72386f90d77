/*
 * Calls every function of calls_conventions_i386.h, and prints which results are wrong
 * and which functions pop a wrong number of bytes. The exit status is their number.
 */
#include <jumpslot/entry.h>
#include "calls_conventions_i386.h"
#include "calls_check.h"

/*
 * Calls `target` with `count` words on the stack, and `word` in EAX, EDX and ECX. Returns
 * how many bytes the callee popped, or -1 if it changed a callee-saved register.
 */
int bytes_popped(void *target, int count, void *word);
__asm__(".globl bytes_popped\n"
	".type bytes_popped, @function\n"
	"bytes_popped:\n"
	"	push	%ebx\n"
	"	push	%esi\n"
	"	push	%edi\n"
	"	push	%ebp\n"
	"	mov	%esp, %ebp\n"
	"	mov	24(%ebp), %ecx\n"
	"	mov	28(%ebp), %eax\n"
	"	lea	(,%ecx,4), %edx\n"
	"	sub	%edx, %esp\n" /* the psABI's alignment at a call */
	"	and	$-16, %esp\n"
	"	add	%edx, %esp\n"
	"1:	jecxz	2f\n"
	"	push	%eax\n"
	"	dec	%ecx\n"
	"	jmp	1b\n"
	"2:	mov	%esp, %ebx\n" /* where the first argument is */
	"	mov	$0x55555555, %esi\n"
	"	mov	$0x66666666, %edi\n"
	"	mov	%ebp, 24(%ebp)\n"
	"	mov	%eax, %edx\n"
	"	mov	%eax, %ecx\n"
	"	call	*20(%ebp)\n"
	"	emms\n" /* in case the result is a double */
	"	mov	%esp, %eax\n"
	"	sub	%ebx, %eax\n"
	"	cmp	$0x55555555, %esi\n"
	"	jne	3f\n"
	"	cmp	$0x66666666, %edi\n"
	"	jne	3f\n"
	"	cmp	%ebp, 24(%ebp)\n"
	"	je	4f\n"
	"3:	mov	$-1, %eax\n"
	"4:	mov	%ebp, %esp\n"
	"	pop	%ebp\n"
	"	pop	%edi\n"
	"	pop	%esi\n"
	"	pop	%ebx\n"
	"	ret\n");

/* Functions may write here. Its address is every argument. */
static struct block block;

static void check_popped(void *target, int count, int popped, const char *what, int round)
{
	check(bytes_popped(target, count, &block) == popped, what, round);
}

#define POPPED(func, count, popped)                                                      \
	check_popped((void *)(uintptr_t)(func), count, popped,                           \
		     "bytes that " #func " pops", round);

/* The callee pops the hidden pointer to a result, the caller all other arguments. */
static void check_stack_cdecl(int round)
{
	POPPED(cdecl_none, 0, 0)
	POPPED(cdecl_one, 1, 0)
	POPPED(cdecl_eight, 8, 0)
	POPPED(cdecl_wides, 6, 0)
	POPPED(cdecl_reals, 9, 0)
	POPPED(cdecl_gives, 2, 4)
	POPPED(cdecl_passes, 9, 4)
}

/* The hidden pointer is in a register, and the callee pops nothing. */
static void check_stack_regparm3(int round)
{
	POPPED(regparm3_none, 0, 0)
	POPPED(regparm3_three, 0, 0)
	POPPED(regparm3_eight, 5, 0)
	POPPED(regparm3_wides, 3, 0)
	POPPED(regparm3_reals, 6, 0)
	POPPED(regparm3_gives, 0, 0)
	POPPED(regparm3_passes, 6, 0)
}

static void check_stack_fastcall(int round)
{
	POPPED(fastcall_none, 0, 0)
	POPPED(fastcall_two, 0, 0)
	POPPED(fastcall_eight, 6, 24)
	POPPED(fastcall_wide, 2, 8)
	POPPED(fastcall_real, 2, 8)
	POPPED(fastcall_gives, 0, 0)
	POPPED(fastcall_takes, 11, 44)
}

static void check_stack_stdcall(int round){
	POPPED(stdcall_none, 0, 0) POPPED(stdcall_one, 1, 4) POPPED(stdcall_eight, 8, 32)
		POPPED(stdcall_wides, 6, 24) POPPED(stdcall_reals, 9, 36)
			POPPED(stdcall_gives, 2, 8) POPPED(stdcall_passes, 9, 36)
}

/* The compiler makes the same calls in each convention. */
#define CHECKS(name)                                                                     \
	static void check_integers_##name(int round)                                     \
	{                                                                                \
		int stored;                                                              \
                                                                                         \
		name##_store(&stored, 50, 8);                                            \
		check(name##_none() == 42, #name "_none", round);                        \
		check(name##_one(21) == 42, #name "_one", round);                        \
		check(name##_two(1, 2) == 21, #name "_two", round);                      \
		check(name##_three(1, 2, 3) == 321, #name "_three", round);              \
		check(name##_eight(1, 2, 3, 4, 5, 6, 7, -8) == 76, #name "_eight",       \
		      round);                                                            \
		check(stored == 42, #name "_store", round);                              \
		check(name##_wide(-((int64_t)1 << 40)) == -((int64_t)3 << 40),           \
		      #name "_wide", round);                                             \
		check(name##_wides((uint64_t)1 << 62, 2, 3, 4) ==                        \
			      ((uint64_t)1 << 63) - 12,                                  \
		      #name "_wides", round);                                            \
	}                                                                                \
	static void check_others_##name(int round)                                       \
	{                                                                                \
		struct block a = { { 1, 2, 3, 4, 5 } }, given, passed;                   \
                                                                                         \
		check(name##_real(2) == 0.5, #name "_real", round);                      \
		check(name##_reals(1, 2, 3, 4, 5, 6) == 91, #name "_reals", round);      \
		check(name##_takes(a, 10, a) == 56, #name "_takes", round);              \
		given = name##_gives(7);                                                 \
		check(given.words[0] == 7 && given.words[4] == 35, #name "_gives",       \
		      round);                                                            \
		passed = name##_passes(a, 1, 2, 3);                                      \
		check(passed.words[0] == 322 && passed.words[4] == 326, #name "_passes", \
		      round);                                                            \
	}                                                                                \
	static void check_##name(int round)                                              \
	{                                                                                \
		check_integers_##name(round);                                            \
		check_others_##name(round);                                              \
		check_stack_##name(round);                                               \
	}
CHECKS(cdecl) CHECKS(regparm3) CHECKS(fastcall) CHECKS(stdcall)

	JUMPSLOT_ENTRY(info)
{
	(void)info;
	for (int round = 0; round < ROUNDS; round++) {
		check_cdecl(round);
		check_regparm3(round);
		check_fastcall(round);
		check_stdcall(round);
	}
	return done();
}
