/* Look and deliver. See interrupts.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>

#include <jumpslot/provider.h>

#include "interrupts.h"
#include "kick.h"
#include "kvm/calls/calls.h"
#include "kvm/faults/end.h"
#include "kvm/inside/block.h"
#include "kvm/machine/features_x86.h"
#include "kvm/machine/machine.h"
#include "kvm/machine/ping.h"
#include "runner/current.h"
#include "runner/plan_read.h"
#include "vcpu/hooks.h"
#include "vcpu/interrupt_frame.h"
#include "vcpu/vcpu.h"

/* The area of XSAVE: after the registers of x87 and SSE, a header of which XRSTOR reads
 * all (Intel SDM, volume 1, 13.4.2). */
#define HEADER_AT    512
#define HEADER_BYTES 64

/* A period must have room for this many exits: an interrupt takes some three. */
#define EXITS_PER_PERIOD 5
#define LEAST_PERIOD	 UINT64_C(10000)

static uint64_t shortest_period = LEAST_PERIOD;

uint64_t interrupts_shortest_period(void)
{
	return shortest_period;
}

static void measure_exit(void)
{
	const uint64_t least = ping_time_of_exit() * EXITS_PER_PERIOD;

	if (least > LEAST_PERIOD)
		shortest_period = least;
}

int interrupts_start(struct message *message)
{
	kick_start();
	if (!current->plan->vcpu_state)
		return 0;
	if (plan_imports_name(current->plan, "_BSP_Virtual_Clock_periodic"))
		measure_exit();
	vcpu_start(current_pointer(current->plan->vcpu_state));
	block_vcpu()->state = vcpu.state;
	if (vcpu.watch)
		block_vcpu()->watch =
			(void (*)(const struct jumpslot_interrupt_frame *,
				  bool))block_address(block_header()->watch);
	block_words()->tell_clock = (current->plan->options & PLAN_CLOCK_GUEST) != 0;
	if (current->outcome)
		current->outcome->vcpu_address = (uintptr_t)vcpu.state;
	if (!features_xsave_bytes())
		return fail(message, ENOTSUP,
			    "interrupts need a processor with XSAVE and XGETBV(1)");
	return kick_catch(message);
}

void interrupts_take_over(void)
{
	if (!vcpu.state)
		return;
	vcpu.used = block_vcpu()->used;
	vcpu.handler = block_vcpu()->handler;
	vcpu.delivered = block_vcpu()->delivered;
}

/* Writes the frame to the guest's stack. */
static struct frame *push_frame(const struct registers *registers, unsigned vector)
{
	const struct frame_place place =
		frame_place(registers->sp, features_xsave_bytes());
	struct frame *frame = (struct frame *)place.frame;
	struct frame_return words;

	if (!vcpu_stack_has(registers->sp, registers->sp - place.end))
		vcpu_stack_full(registers->pc, registers->sp, registers->sp - place.end);
	if (registers->sp < place.frame ||
	    jumpslot_guest_range(frame, registers->sp - place.frame, JUMPSLOT_WRITE))
		end_by(&(struct end_cause){ .kind = OUTCOME_INTERRUPT_STACK,
					    .detail = vector,
					    .signal = SIGSEGV,
					    .code = SI_KERNEL });
	frame->registers = *registers;
	words = frame_fill(frame, &place);
	/* The guest's stack pointer may have any alignment. */
	memcpy((void *)place.returns, &words, sizeof(words));
	frame->features = frame->changed = (uint32_t)features_xcr0();
	memset((char *)place.vectors + HEADER_AT, 0, HEADER_BYTES);
	return frame;
}

static void deliver(struct registers *registers, unsigned vector)
{
	struct frame *frame = push_frame(registers, vector);
	struct entry_registers entry;

	vcpu_enter(&frame->shown, vector);
	block_vcpu()->delivered = vcpu.delivered;
	entry = frame_enter((uintptr_t)frame, vector, vcpu.handler,
			    block_address(block_header()->upcall));
	registers->general.ax = entry.ax;
	registers->general.bx = entry.bx;
	registers->general.si = entry.si;
	registers->general.di = entry.di;
	registers->sp = entry.sp;
	registers->pc = entry.pc;
	registers->flags = X86_FLAGS_DEFAULT;
	machine_set(registers);
}

static void restart(struct registers *registers)
{
	registers->pc = block_address(block_header()->resume);
	registers->sp = block_vcpu()->resuming;
	registers->flags = X86_FLAGS_DEFAULT;
	machine_set(registers);
}

static void act(struct registers *registers)
{
	const struct vcpu_snapshot now = vcpu_snapshot(
		block_is_returning(registers->pc) ? VCPU_IN_RETURNING : VCPU_IN_GUEST);
	const struct vcpu_decision decision = vcpu_decide(&now);

	switch (decision.action) {
	case VCPU_RESTART:
		restart(registers);
		break;
	case VCPU_DELIVER:
		deliver(registers, decision.vector);
		break;
	default:
		break;
	}
}

void interrupts_look(void)
{
	struct registers registers;
	struct machine_place place;

	if (!vcpu.state || calls_in_progress() || !vcpu_has_deliverable())
		return;
	if (vcpu.state->level) {
		block_vcpu()->waiting = 1;
		return;
	}
	place = machine_get_place(&registers);
	/* The loop looks again after the exception. */
	if (!machine_has_exception(&place))
		act(&registers);
}

/* The argument of a doorbell is on the guest's stack. */
static void copy_in(void *to, uintptr_t argument, size_t size)
{
	if (jumpslot_guest_copy_in(to, (void *)argument, size))
		end_by_doorbell(argument);
}

static void copy_out(uintptr_t argument, const void *from, size_t size)
{
	if (jumpslot_guest_copy_out((void *)argument, from, size))
		end_by_doorbell(argument);
}

void interrupts_sleep(uintptr_t argument)
{
	struct inside_sleep sleep;

	copy_in(&sleep, argument, sizeof(sleep));
	sleep.result = vcpu.state && !calls_in_progress()
			       ? (uint32_t)vcpu_sleep(sleep.deadline_ns, sleep.delivered)
			       : 0;
	copy_out(argument, &sleep, sizeof(sleep));
}

void interrupts_stack_full(uintptr_t argument)
{
	struct inside_stack_full full;

	copy_in(&full, argument, sizeof(full));
	if (!vcpu.state)
		end_by_doorbell(argument);
	vcpu_stack_full((uintptr_t)full.pc, (uintptr_t)full.sp, (size_t)full.bytes);
}

void interrupts_check_code(uintptr_t argument)
{
	struct inside_code code;

	copy_in(&code, argument, sizeof(code));
	code.result = vcpu_is_guest_code((uintptr_t)code.address);
	copy_out(argument, &code, sizeof(code));
}

void interrupts_watch(uintptr_t argument)
{
	struct jumpslot_interrupt_frame frame;
	struct inside_watch watch;

	copy_in(&watch, argument, sizeof(watch));
	copy_in(&frame, (uintptr_t)watch.frame, sizeof(frame));
	if (vcpu.watch)
		vcpu.watch(&frame, watch.begins);
}
