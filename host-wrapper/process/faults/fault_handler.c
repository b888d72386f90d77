/* The guest's fault handler, called from a signal's context. See fault_handler.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include <jumpslot/provider.h>

#include "common/code_table_x86.h"
#include "common/outcome.h"
#include "common/page.h"
#include "fault_cause.h"
#include "fault_handler.h"
#include "process/calls/gate.h"
#include "process/enter.h"
#include "process/signals/context.h"
#include "runner/guest_fault.h"
#include "runner/load.h"
#include "runner/plan_read.h"
#include "runner/reset.h"
#include "vcpu/hooks.h"
#include "vcpu/vcpu.h"
#include "vcpu/xsave_size_x86.h"

#define STACK ((size_t)0x10000)
#define GUARD LOAD_GUARD
/* On i386 the context has x87 registers before the XSAVE area (FSAVE's format). */
#define X87_ROOM ((size_t)128)

/* The fault that the guest is handling, and the vector registers at that fault. */
static struct {
	void *vectors; /* above the stack for faults, outside the guest's memory */
	size_t room;
	size_t size;
	siginfo_t info;
	uintptr_t error; /* the processor's error code */
} saved;

int fault_handler_prepare(const struct plan *plan, struct guest_memory *memory,
			  struct message *message)
{
	struct guest_region region = { .access = JUMPSLOT_READ | JUMPSLOT_WRITE };
	size_t room;
	char *at;

	if (!plan_imports_name(plan, "_BSP_Virtual_faulthandler"))
		return 0;
	room = PAGE_END(xsave_largest() + X87_ROOM);
	at = mmap(NULL, GUARD + STACK + room, PROT_NONE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (at == MAP_FAILED ||
	    mprotect(at + GUARD, STACK + room, PROT_READ | PROT_WRITE))
		return fail(message, errno, "no memory for a stack for faults: %s",
			    strerror(errno));
	region.start = (uintptr_t)at + GUARD;
	region.end = region.start + STACK;
	guest_fault_start(region.start, region.end, GUARD,
			  (uintptr_t)jumpslot_fault_call);
	saved.vectors = (void *)region.end;
	saved.room = room;
	return guest_memory_add(memory, &region)
		       ? fail(message, ENOSPC, "too many segments")
		       : 0;
}

int fault_handler_set(uintptr_t handler)
{
	if (handler && !xsave_largest())
		return -ENOTSUP;
	guest_fault_set(handler);
	return 0;
}

static void save_vectors(void *context)
{
	void *registers;

	saved.size = context_vectors(context, &registers);
	memcpy(saved.vectors, registers, saved.size);
	context_reset_vectors(context);
}

static void restore_vectors(void *context)
{
	void *registers;

	if (context_vectors(context, &registers) == saved.size)
		memcpy(registers, saved.vectors, saved.size);
}

bool fault_handler_enter(const siginfo_t *info, void *context, uint32_t *handler)
{
	struct registers registers;
	struct fault_cause cause;
	void *vectors;

	*handler = OUTCOME_HANDLER_NONE;
	context_read(context, &registers);
	if (!guest_fault_is_set() || !fault_is_guests(info, context) ||
	    context_vectors(context, &vectors) > saved.room)
		return false;
	cause = fault_cause(info, registers.pc);
	*handler = guest_fault_enter(&cause, &registers);
	if (*handler != OUTCOME_HANDLER_NONE)
		return false;
	saved.info = *info;
	saved.error = context_error(context);
	save_vectors(context);
	context_write(context, &registers);
	return true;
}

bool fault_handler_returned(const siginfo_t *info, const void *context)
{
	return info->si_signo == SIGILL && info->si_code > 0 &&
	       code_range_find(CODE_RETURNED, context_pc(context)).end;
}

/* An interrupt that waited for the level comes where the guest goes on. */
static void restore_level(uint32_t level)
{
	if (!vcpu.state)
		return;
	vcpu_set_level(level);
	if (vcpu_has_deliverable())
		vcpu_kick();
}

bool fault_handler_decide(siginfo_t *info, void *context, uint32_t *handler)
{
	struct registers registers;
	struct fault_answer answer;

	*handler = OUTCOME_HANDLER_NONE;
	context_read(context, &registers);
	if (gate.state || !guest_fault_answer(&registers, &answer)) {
		*handler = OUTCOME_HANDLER_ORDER;
		return false;
	}
	switch (answer.decision) {
	case JUMPSLOT_FAULT_RETRY:
		restore_vectors(context);
		restore_level(answer.level);
		break;
	case JUMPSLOT_FAULT_STOP:
		fault_frame_call(&registers, guest_fault_frame(),
				 (uintptr_t)jumpslot_leave, answer.status);
		break;
	case JUMPSLOT_FAULT_RESTART_COLD:
	case JUMPSLOT_FAULT_RESTART_WARM:
		reset_request(answer.decision == JUMPSLOT_FAULT_RESTART_WARM);
		fault_frame_call(&registers, guest_fault_frame(),
				 (uintptr_t)jumpslot_leave, 0);
		break;
	default:
		restore_vectors(context);
		*info = saved.info;
		context_set_error(context, saved.error);
	}
	context_write(context, &registers);
	return answer.decision != JUMPSLOT_FAULT_REPORT;
}
