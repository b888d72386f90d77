/* Ways of i386 code to make a system call. See walk_calls.h. */
#include <stddef.h>
#include "walk_calls.h"

const int walk_left_out[] = { 119 /* sigreturn */,  173 /* rt_sigreturn */,
			      252 /* exit_group */, 335 /* of 64-bit code: uretprobe */,
			      336 /* uprobe */,	    -1 };

#define CALL(instructions)                                                               \
	__asm__ volatile("push %%ebx\n push %%ebp\n mov %%edi, %%ebx\n"                  \
			 "mov %%edi, %%ebp\n" instructions "pop %%ebp\n pop %%ebx\n"     \
			 : "+a"(number), "+c"(copy)                                      \
			 : "d"(argument), "S"(argument), "D"(argument)                   \
			 : "memory")

static void by_int80(long number, long argument)
{
	long copy = argument;

	CALL("int $0x80\n");
}

/* libc's way, by the page of system calls: SYSENTER or SYSCALL, as the processor has. */
static void by_libc(long number, long argument)
{
	long copy = argument;

	CALL("call *%%gs:0x10\n");
}

/* 64-bit code, of the user's other code segment: SYSCALL, and a far jump back. */
static void by_far_jump(long number, long argument)
{
	long copy = argument;

	CALL("ljmp $0x33, $1f\n"
	     "1: .byte 0x0f, 0x05\n"
	     ".byte 0xff, 0x2c, 0x25\n .long 3f\n"
	     ".balign 4\n"
	     "3: .long 2f\n .word 0x23\n"
	     "2:\n");
}

const struct way walk_ways[] = {
	{ "int80", by_int80 },
	{ "libc", by_libc },
	{ "far", by_far_jump },
	{ NULL, NULL },
};
