/* Which faults the guest handles, and what it decides. See guest_fault.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <jumpslot/provider.h>
#include "common/outcome.h"
#include "common/privileged.h"
#include "process/signals/context.h"
#include "process/calls/gate.h"
#include "runner/guest.h"
#include "guest_fault.h"
#include "runner/guest_memory.h"
#include "runner/load.h"
#include "runner/reset.h"
#include "vcpu/vcpu.h"
#include "vcpu/hooks.h"
#include "vcpu/xsave_size_x86.h"

#define STACK ((size_t)0x10000)
#define GUARD LOAD_GUARD
/* Of x87 registers before the vectors, as i386 has them; and no less than a cache line.
 */
#define X87_ROOM  ((size_t)128)
#define PAGE	  ((size_t)4096)
#define IS_64_BIT (sizeof(void *) == 8)
/* Addresses beyond are no user's: a jump there may fault before it or behind it. */
#define USER_BITS 47

/* One fault at a time: its stack is used anew for the next. */
static struct {
	uintptr_t handler;
	uintptr_t stack_low;
	uintptr_t stack_high;
	void *vectors; /* of the fault, above the stack: not the guest's */
	size_t vectors_room;
	size_t vectors_size;
	siginfo_t info;
	struct jumpslot_fault found; /* the fault, as it was */
	struct jumpslot_fault left;  /* as it was retried */
	unsigned retries;	     /* since anything changed */
} fault;

static size_t whole_pages(size_t size)
{
	return (size + PAGE - 1) & ~(PAGE - 1);
}

int guest_fault_prepare(struct message *message)
{
	struct guest_region region = { .access = JUMPSLOT_READ | JUMPSLOT_WRITE };
	size_t room = whole_pages(xsave_largest() + X87_ROOM);
	char *at;

	if (!reset_is_possible())
		return 0;
	at = mmap(NULL, GUARD + STACK + room, PROT_NONE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (at == MAP_FAILED ||
	    mprotect(at + GUARD, STACK + room, PROT_READ | PROT_WRITE))
		return fail(message, errno, "no memory for a stack for faults: %s",
			    strerror(errno));
	fault.stack_low = region.start = (uintptr_t)at + GUARD;
	fault.stack_high = region.end = region.start + STACK;
	fault.vectors = (void *)region.end;
	fault.vectors_room = room;
	return guest_memory_add(&region) ? fail(message, ENOSPC, "too many segments") : 0;
}

int guest_fault_set(uintptr_t handler)
{
	if (handler && !xsave_largest())
		return -ENOTSUP;
	__atomic_store_n(&fault.handler, handler, __ATOMIC_RELAXED);
	return 0;
}

static struct jumpslot_fault *frame(void)
{
	return (struct jumpslot_fault *)((fault.stack_high -
					  sizeof(struct jumpslot_fault)) &
					 ~(uintptr_t)63);
}

/* Whether the kernel says which address: not where the processor told none. */
static bool has_address(const siginfo_t *info)
{
	return (info->si_signo == SIGSEGV || info->si_signo == SIGBUS) &&
	       info->si_code > 0 && info->si_code != SI_KERNEL;
}

uint32_t guest_fault_privileged(const siginfo_t *info, const void *context)
{
	uintptr_t pc = context_pc(context);
	size_t count = PRIVILEGED_MAX_SIZE;

	if (!(info->si_signo == SIGSEGV && info->si_code == SI_KERNEL) &&
	    !(info->si_signo == SIGILL && info->si_code > 0))
		return PRIVILEGED_NONE;
	while (count && jumpslot_guest_range((void *)pc, count, JUMPSLOT_READ))
		count--;
	return privileged_find((const uint8_t *)pc, count, IS_64_BIT);
}

static bool is_stack_full(const siginfo_t *info)
{
	uintptr_t address = (uintptr_t)info->si_addr;

	return has_address(info) && address < guest.stack_low &&
	       guest.stack_low - address <= LOAD_GUARD;
}

static uint32_t kind_of(const siginfo_t *info, const void *context)
{
	switch (info->si_signo) {
	case SIGFPE:
		return info->si_code == FPE_INTDIV ? JUMPSLOT_FAULT_DIVISION
						   : JUMPSLOT_FAULT_FLOAT;
	case SIGTRAP:
		return JUMPSLOT_FAULT_TRAP;
	}
	if (guest_fault_privileged(info, context) != PRIVILEGED_NONE)
		return JUMPSLOT_FAULT_PRIVILEGED;
	if (info->si_signo == SIGILL)
		return JUMPSLOT_FAULT_ILLEGAL;
	return is_stack_full(info) ? JUMPSLOT_FAULT_STACK : JUMPSLOT_FAULT_ADDRESS;
}

static void read_registers(struct jumpslot_fault *to, const void *context)
{
	const greg_t *registers = ((const ucontext_t *)context)->uc_mcontext.gregs;

	for (size_t i = 0; i < fault_field_count; i++)
		*(uint64_t *)((char *)to + fault_fields[i].offset) =
			(uintptr_t)registers[fault_fields[i].number];
}

static void write_registers(void *context, const struct jumpslot_fault *from)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;

	for (size_t i = 0; i < fault_field_count; i++)
		registers[fault_fields[i].number] =
			(greg_t) *
			(const uint64_t *)((const char *)from + fault_fields[i].offset);
}

/* The guest's own code, with nothing of the host's below it, or its jump to nowhere. */
static bool is_guests(const siginfo_t *info, const void *context)
{
	uintptr_t pc = context_pc(context);

	if (gate.state || info->si_code <= 0) /* or somebody sent it */
		return false;
	return guest_memory_find(pc) || (uint64_t)pc >> USER_BITS ||
	       (has_address(info) && (uintptr_t)info->si_addr == pc);
}

static bool is_on_fault_stack(uint64_t sp)
{
	return sp >= fault.stack_low - GUARD && sp <= fault.stack_high;
}

/* Whether the instruction that was retried has not even been left. */
static bool is_unchanged(void)
{
	const size_t registers = offsetof(struct jumpslot_fault, pc);
	const uint64_t resume = 0x10000; /* RF, which the processor sets */
	struct jumpslot_fault left = fault.left;

	left.flags = fault.found.flags | ((left.flags ^ fault.found.flags) & ~resume);
	return fault.left.decision == JUMPSLOT_FAULT_RETRY &&
	       fault.left.address == fault.found.address &&
	       !memcmp((char *)&left + registers, (char *)&fault.found + registers,
		       sizeof(left) - registers);
}

static void note(const siginfo_t *info, const void *context)
{
	fault.info = *info;
	fault.found = (struct jumpslot_fault){
		.kind = kind_of(info, context),
		.level = vcpu.state ? vcpu.state->level : 0,
		.address = has_address(info) ? (uintptr_t)info->si_addr : 0,
	};
	read_registers(&fault.found, context);
	fault.retries = is_unchanged() ? fault.retries + 1 : 0;
}

/* False where there is more of them than we have room for. */
static bool keep_vectors(void *context)
{
	void *registers;

	fault.vectors_size = context_vectors(context, &registers);
	if (fault.vectors_size > fault.vectors_room)
		return false;
	memcpy(fault.vectors, registers, fault.vectors_size);
	context_reset_vectors(context);
	return true;
}

bool guest_fault_deliver(const siginfo_t *info, void *context, uint32_t *handler)
{
	*handler = OUTCOME_HANDLER_NONE;
	if (!fault.handler || !is_guests(info, context))
		return false;
	note(info, context);
	if (is_on_fault_stack(fault.found.sp))
		*handler = OUTCOME_HANDLER_FAULTED;
	else if (fault.retries == JUMPSLOT_FAULT_RETRIES)
		*handler = OUTCOME_HANDLER_RETRIED;
	if (*handler != OUTCOME_HANDLER_NONE || !keep_vectors(context))
		return false;
	*frame() = fault.found;
	vcpu_close();
	fault_frame_enter(context, frame(), fault.handler);
	return true;
}

bool guest_fault_returned(const siginfo_t *info, const void *context)
{
	return info->si_signo == SIGILL && info->si_code > 0 &&
	       context_pc(context) == (uintptr_t)jumpslot_fault_returned;
}

/* The whole context of the fault, but for registers as they are in `from`. */
static void restore(void *context, const struct jumpslot_fault *from)
{
	void *registers;

	write_registers(context, from);
	if (context_vectors(context, &registers) == fault.vectors_size)
		memcpy(registers, fault.vectors, fault.vectors_size);
}

/* What waited for the level has to be looked at again: where the guest goes on. */
static void restore_level(uint32_t level)
{
	if (!vcpu.state)
		return;
	vcpu_set_level(level);
	if (vcpu_has_deliverable())
		vcpu_kick();
}

static void leave(void *context, int status)
{
	fault_frame_leave(context, frame(), status);
}

bool guest_fault_decide(siginfo_t *info, void *context, uint32_t *handler)
{
	*handler = OUTCOME_HANDLER_NONE;
	if (!fault_frame_is_at(context, frame()) || gate.state) {
		*handler = OUTCOME_HANDLER_ORDER;
		return false;
	}
	fault.left = *frame(); /* once: it is the guest's memory */
	switch (fault.left.decision) {
	case JUMPSLOT_FAULT_RETRY:
		restore(context, &fault.left);
		restore_level(fault.left.level);
		return true;
	case JUMPSLOT_FAULT_STOP:
		leave(context, fault.left.status);
		return true;
	case JUMPSLOT_FAULT_RESTART_COLD:
	case JUMPSLOT_FAULT_RESTART_WARM:
		reset_request(fault.left.decision == JUMPSLOT_FAULT_RESTART_WARM);
		leave(context, 0);
		return true;
	}
	*info = fault.info;
	restore(context, &fault.found);
	return false;
}
