/* The functions of vcpu/hooks.h for the process host. */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <jumpslot/provider.h>

#include "kick.h"
#include "process/calls/gate.h"
#include "process/faults/faults.h"
#include "process/guest_stack.h"
#include "process/trace/trace_gate.h"
#include "runner/trace/trace.h"
#include "runner/clock.h"
#include "runner/services.h"
#include "sleep.h"
#include "vcpu/hooks.h"

/* Words of stack that a host function may have below its return address. */
#define CALLER_WORDS ((size_t)64)

struct kick kick;

void kick_start(void)
{
	kick.process = getpid();
	kick.thread = (int32_t)syscall(SYS_gettid);
}

/* The gate sends the signal to itself as well. */
JUMPSLOT_STATE(interrupts, "(interrupts)",
	       JUMPSLOT_ALLOW_IF("tgkill", JUMPSLOT_ARG_PROCESS(0),
				 JUMPSLOT_ARG(2, GATE_INTERRUPT)))

/* The vector is pending already. */
void vcpu_kick(void)
{
	__atomic_fetch_add(&kick.active, 1, __ATOMIC_SEQ_CST);
	if (!__atomic_load_n(&kick.held, __ATOMIC_SEQ_CST)) {
		syscall(SYS_tgkill, kick.process, kick.thread, GATE_INTERRUPT);
		__atomic_store_n(&kick.sent, 1, __ATOMIC_SEQ_CST);
	}
	__atomic_fetch_sub(&kick.active, 1, __ATOMIC_SEQ_CST);
}

bool vcpu_defer(void)
{
	if (!gate.state)
		return false;
	gate.deferred = true;
	return true;
}

bool vcpu_is_guest_code(uintptr_t address)
{
	return !jumpslot_guest_range((void *)address, 1, JUMPSLOT_EXECUTE);
}

/*
 * The first address of guest code on the stack: where the guest called a host function,
 * or a recent call, where that function's frame has words that it did not write. 0: none.
 */
static uintptr_t guests_place(uintptr_t sp)
{
	uintptr_t word;

	for (size_t i = 0; i < CALLER_WORDS; i++, sp += sizeof(word)) {
		if (jumpslot_guest_range((void *)sp, sizeof(word), JUMPSLOT_READ))
			break;
		/* sp may have any alignment. */
		guest_stack_copy(&word, (void *)sp, sizeof(word));
		if (vcpu_is_guest_code(word))
			return word;
	}
	return 0;
}

void vcpu_stack_full(uintptr_t pc, uintptr_t sp, size_t bytes)
{
	faults_end_stack_full(pc, sp, vcpu_is_guest_code(pc) ? 0 : guests_place(sp),
			      bytes);
}

void vcpu_clock_acknowledged(void)
{
	clock_acknowledged();
}

#define NEEDS_SLEEP                                                                      \
	JUMPSLOT_ALLOW_IF("x86_64:clock_nanosleep", JUMPSLOT_ARG(0, CLOCK_MONOTONIC),    \
			  JUMPSLOT_ARG(1, TIMER_ABSTIME)),                               \
		JUMPSLOT_ALLOW_IF("i386:clock_nanosleep_time64",                         \
				  JUMPSLOT_ARG(0, CLOCK_MONOTONIC),                      \
				  JUMPSLOT_ARG(1, TIMER_ABSTIME))
JUMPSLOT_SYSCALLS(_CPU_Virtual_Wait_for_event, NEEDS_SLEEP)
JUMPSLOT_SYSCALLS(_CPU_Virtual_idle_thread, NEEDS_SLEEP)

static void watch_wait(bool begins)
{
	bool was_open;

	was_open = trace_close();
	trace_wait(begins, (uintptr_t)&was_open);
	trace_open(was_open);
}

int vcpu_sleep(uint64_t deadline_ns, uint32_t delivered)
{
	const enum clock_idle idle = clock_skip(deadline_ns, delivered);
	struct timespec until;
	int result;

	if (idle != CLOCK_SLEEP)
		return idle == CLOCK_AWAKE;
	until = services_timespec(clock_sleeps_until(deadline_ns));
	watch_wait(true);
	result = jumpslot_sleep(&until, delivered);
	watch_wait(false);
	return result;
}
