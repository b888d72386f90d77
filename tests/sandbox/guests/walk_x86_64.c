/* Ways of x86-64 code to make a system call. See walk_calls.h. */
#include <stddef.h>
#include "walk_calls.h"

const int walk_left_out[] = { 15 /* rt_sigreturn */, 231 /* exit_group */,
			      335 /* uretprobe */, 336 /* uprobe */, -1 };

static void by_syscall(long number, long argument)
{
	register long r10 __asm__("r10") = argument;
	register long r8 __asm__("r8") = argument;
	register long r9 __asm__("r9") = argument;

	__asm__ volatile("syscall"
			 : "+a"(number)
			 : "D"(argument), "S"(argument), "d"(argument), "r"(r10), "r"(r8),
			   "r"(r9)
			 : "rcx", "r11", "memory");
}

/* The ABI of x32: 64-bit code with 32-bit pointers. */
static void by_x32(long number, long argument)
{
	by_syscall(number | 0x40000000, argument);
}

#define CALL_LIKE_I386(instructions)                                                     \
	__asm__ volatile("push %%rbx\n push %%rbp\n mov %%rdi, %%rbx\n"                  \
			 "mov %%rdi, %%rbp\n" instructions "pop %%rbp\n pop %%rbx\n"     \
			 : "+a"(number), "+D"(argument)                                  \
			 : "c"(argument), "d"(argument), "S"(argument)                   \
			 : "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",         \
			   "memory")

static void by_int80(long number, long argument)
{
	CALL_LIKE_I386("int $0x80\n");
}

/* 32-bit code, of the user's other code segment, has half of the stack pointer. The
 * guest's code is below 4 GiB. */
static void by_far_jump(long number, long argument)
{
	CALL_LIKE_I386("mov %%rsp, 4f(%%rip)\n"
		       "ljmpl *3f(%%rip)\n"
		       ".code32\n"
		       "1: int $0x80\n"
		       "ljmp $0x33, $2f\n"
		       ".code64\n"
		       ".balign 4\n"
		       "3: .long 1b\n .word 0x23\n"
		       ".pushsection .bss\n .balign 8\n 4: .skip 8\n .popsection\n"
		       "2: mov 4b(%%rip), %%rsp\n");
}

/* Returns into the page of system calls of i386, which is not there: only a refusal is
 * survived, and only with a place to go on. */
static void by_sysenter(long number, long argument)
{
	__asm__ volatile("push %%rbx\n push %%rbp\n"
			 "mov %%rsp, %c[sp](%[record])\n"
			 "lea 1f(%%rip), %%rbx\n mov %%rbx, %c[resume](%[record])\n"
			 "mov %%rdi, %%rbx\n mov %%rsp, %%rbp\n"
			 "sysenter\n"
			 "1: pop %%rbp\n pop %%rbx\n"
			 : "+a"(number), "+D"(argument)
			 : "c"(argument), "d"(argument),
			   "S"(argument), [record] "r"(walk_record_of),
			   [sp] "i"(offsetof(struct walk_record, sp)),
			   [resume] "i"(offsetof(struct walk_record, resume))
			 : "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
			   "memory");
	walk_record_of->resume = 0;
}

const struct way walk_ways[] = {
	{ "syscall", by_syscall }, { "x32", by_x32 },		{ "int80", by_int80 },
	{ "far", by_far_jump },	   { "sysenter", by_sysenter }, { NULL, NULL },
};
