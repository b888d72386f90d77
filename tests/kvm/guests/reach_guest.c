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

#ifdef __x86_64__
#define LOAD_AFTER "lea 1f(%%rip), %%rax\n"
#define AX	   "rax"
#define SP	   "rsp"
#else
#define LOAD_AFTER "mov $1f, %%eax\n"
#define AX	   "eax"
#define SP	   "esp"
#endif

/* Executes `instruction`; returns whether no fault came. */
#define TRY(instruction)                                                                 \
	({                                                                               \
		const uint32_t before = faults;                                          \
		__asm__ volatile(LOAD_AFTER "mov %%" AX ", %0\n"                         \
					    "mov %%" SP ", %1\n" instruction "\n1:"      \
				 : "=m"(after), "=m"(stack)                              \
				 : "r"(address)                                          \
				 : AX, "ecx", "memory");                                 \
		after = 0;                                                               \
		faults == before;                                                        \
	})

static uint32_t try_all(uintptr_t address)
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
		reach_found(try_all((uintptr_t)address));
	return 0;
}
