/* The functions of vcpu/hooks.h for host functions of the kvm host. */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <time.h>

#include <jumpslot/provider.h>

#include "kick.h"
#include "kvm/faults/end.h"
#include "kvm/gdb/session.h"
#include "kvm/machine/machine.h"
#include "runner/clock.h"
#include "runner/current.h"
#include "runner/services.h"
#include "runner/trace/trace.h"
#include "vcpu/hooks.h"
#include "vcpu/vcpu.h"

/* Host code runs in a call of the guest or between entries of the machine, and each entry
 * looks at what is pending. */
bool vcpu_defer(void)
{
	return true;
}

bool vcpu_is_guest_code(uintptr_t address)
{
	return !jumpslot_guest_range((void *)address, 1, JUMPSLOT_EXECUTE);
}

void vcpu_clock_acknowledged(void)
{
	clock_acknowledged();
}

/* Words of the stack in which the guest's own place is looked for. */
#define NEAR_WORDS ((size_t)64)

/* The first address of guest code on the stack, for a place in the code inside; 0: none.
 */
static uintptr_t place_near(uintptr_t sp)
{
	uintptr_t word;

	for (size_t i = 0; i < NEAR_WORDS; i++, sp += sizeof(word)) {
		if (jumpslot_guest_copy_in(&word, (void *)sp, sizeof(word)))
			break;
		if (vcpu_is_guest_code(word))
			return word;
	}
	return 0;
}

void vcpu_stack_full(uintptr_t pc, uintptr_t sp, size_t bytes)
{
	const uintptr_t near = vcpu_is_guest_code(pc) ? 0 : place_near(sp);
	struct registers registers;

	machine_get(&registers);
	registers.pc = pc;
	registers.sp = sp;
	end_by(&(struct end_cause){
		.kind = OUTCOME_TASK_STACK,
		.detail = (uint32_t)bytes,
		.signal = SIGSEGV,
		.code = SI_KERNEL,
		.pc = pc,
		.address = sp,
		.jumped_from = near,
		.registers = &registers,
	});
}

/* On i386, libc makes the call of 64 bits for a time that 32 bits do not hold. */
#define NEEDS_SLEEP JUMPSLOT_ALLOW("ppoll"), JUMPSLOT_NEEDS_CLOCK
JUMPSLOT_SYSCALLS(_CPU_Virtual_Wait_for_event, JUMPSLOT_ALLOW("i386:ppoll_time64"),
		  NEEDS_SLEEP)
JUMPSLOT_SYSCALLS(_CPU_Virtual_idle_thread, NEEDS_SLEEP)

/* Sleeps in ppoll() with the signals unblocked. */
static int sleep_until(uint64_t until, const sigset_t *mask)
{
	const uint64_t now = kick_monotonic();
	const struct timespec rest = services_timespec(until > now ? until - now : 0);

	return ppoll(NULL, 0, until == INT64_MAX ? NULL : &rest, mask);
}

static uintptr_t guest_stack(void)
{
	struct registers registers;

	if (!(current->plan->options & PLAN_TRACE))
		return 0;
	machine_get(&registers);
	return registers.sp;
}

int vcpu_sleep(uint64_t deadline_ns, uint32_t delivered)
{
	const enum clock_idle idle = clock_skip(deadline_ns, delivered);
	const uintptr_t stack = guest_stack();
	sigset_t mask;
	int result = 1;

	if (idle != CLOCK_SLEEP)
		return idle == CLOCK_AWAKE;
	trace_wait(true, stack);
	kick_block(&mask);
	if (delivered == vcpu.delivered && !vcpu_has_deliverable() &&
	    !session_has_input())
		result = sleep_until(clock_sleeps_until(deadline_ns), &mask);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	trace_wait(false, stack);
	return result;
}
