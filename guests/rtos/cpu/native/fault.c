/* Processor exceptions: an exception in a thread ends the thread. */
#include "cpu.h"
#include "fault.h"
#include "panic.h"
#include "vectors.h"

#define EXCEPTIONS 32

/* Intel SDM, volume 3, 6.3.1. The others cannot happen, or are machine errors. */
static const char *const kinds[EXCEPTIONS] = {
	[0] = "division",     [1] = "trap",
	[3] = "trap",	      [6] = "illegal instruction",
	[12] = "stack",	      [13] = "bad address",
	[14] = "bad address", [16] = "floating point",
	[17] = "bad address", [19] = "floating point",
};

/* Drops the contents of the thread's stack. */
static __attribute__((__noreturn__)) void continue_on(uintptr_t sp)
{
	__asm__ volatile("movl %0, %%esp\n\tpushl $0\n\tjmp *%1"
			 :
			 : "r"(sp), "r"(fault_end_thread)
			 : "memory");
	__builtin_unreachable();
}

void native_fault(const struct vector_frame *frame)
{
	const char *what = kinds[frame->vector];
	uintptr_t sp;

	if (what && fault_is_of_thread(what, !(frame->flags & INTERRUPT_FLAG), &sp))
		continue_on(sp);
	kernel_panic("exception %u (%s) at %x, error %x", (unsigned)frame->vector,
		     what ? what : "of the machine", (unsigned)frame->pc,
		     (unsigned)frame->error);
}

/* The vectors of exceptions are set up from the start. */
void cpu_faults_init(void)
{
}
