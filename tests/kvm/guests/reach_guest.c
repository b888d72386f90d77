/* Reads, writes and calls each address that its host names, and survives by its own fault
 * handler. */
#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>
#include "reach.h"

#define READ	1u
#define WRITE	2u
#define EXECUTE 4u

/* Where a try goes on if it faults; 0: no try is in progress. */
static volatile uintptr_t after, stack;
static volatile uint32_t faults;

static void handler(struct jumpslot_fault *fault)
{
	if (!after)
		return;
	faults++;
	fault->pc = after;
	fault->sp = stack;
	fault->decision = JUMPSLOT_FAULT_RETRY;
}

/* Executes `instruction`; returns whether no fault came. */
#define TRY(instruction)                                                                 \
	({                                                                               \
		const uint32_t before = faults;                                          \
		__asm__ volatile("lea 1f(%%rip), %%rax\n"                                \
				 "mov %%rax, %0\n"                                       \
				 "mov %%rsp, %1\n" instruction "\n1:"                    \
				 : "=m"(after), "=m"(stack)                              \
				 : "r"(address)                                          \
				 : "rax", "rcx", "memory");                              \
		after = 0;                                                               \
		faults == before;                                                        \
	})

static uint32_t try_all(uint64_t address)
{
	uint32_t found = 0;

	if (TRY("movb (%2), %%cl"))
		found |= READ;
	/* Writes the same byte. */
	if (found & READ && TRY("movb (%2), %%cl; movb %%cl, (%2)"))
		found |= WRITE;
	/* Without a mapping, the call itself faults; with one, the code may do anything:
	   only pages that cannot be read are tried. */
	if (!(found & READ) && TRY("call *%2"))
		found |= EXECUTE;
	return found;
}

JUMPSLOT_ENTRY(info)
{
	uint64_t address;

	if (_BSP_Virtual_faulthandler(handler))
		return 99;
	while ((address = reach_next(info->resolver)) != 1)
		reach_found(try_all(address));
	return 0;
}
