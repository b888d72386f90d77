/* The kvm host: guest code runs in a virtual machine. See runner/host.h. */
#define _GNU_SOURCE
#include <errno.h>

#include "kvm/calls/calls.h"
#include "kvm/calls/host_stack.h"
#include "kvm/calls/watched_calls.h"
#include "kvm/faults/faults.h"
#include "kvm/faults/signals.h"
#include "kvm/gdb/session.h"
#include "kvm/inside/block.h"
#include "kvm/interrupts/inline_clock.h"
#include "kvm/interrupts/interrupts.h"
#include "kvm/interrupts/kick.h"
#include "kvm/machine/guest_registers.h"
#include "kvm/machine/machine.h"
#include "kvm/machine/memory.h"
#include "kvm/machine/ping.h"
#include "loop.h"
#include "runner/bindings.h"
#include "runner/current.h"
#include "runner/guest_fault.h"
#include "runner/host.h"
#include "runner/trace/trace.h"
#include "slots.h"
#include "vcpu/interrupt_frame.h"

/* AddressSanitizer would look for the bottom of a stack that it does not know. */
#define LEAVES_THE_GUEST __attribute__((__no_sanitize__("address")))

static uintptr_t stack_top;

int host_start(struct message *message)
{
	int error;

	kick_start();
	error = signals_catch(message);
	if (!error)
		error = machine_open(message);
	if (!error)
		error = block_map(plan_function_count(current->plan), message);
	return error;
}

int host_prepare(struct runner *runner, uintptr_t *functions, struct message *message)
{
	struct machine_tables tables;
	int error = calls_prepare(runner->plan, functions, message);

	if (!error)
		error = faults_prepare(runner, message);
	if (error)
		return error;
	slots_find_targets(runner->plan, functions);
	error = watched_calls_prepare(runner->plan, functions, message);
	if (!error)
		error = slots_prepare(runner, functions, message);
	if (!error)
		error = block_protect(message);
	if (!error)
		error = memory_give(runner, &tables, message);
	if (!error)
		error = machine_start(&tables, message);
	if (!error)
		error = ping_probe(message);
	if (error)
		return error;
	machine_close_rest();
	if (session_open(runner->plan, message))
		return -EINVAL;
	stack_top = host_stack_map(runner->plan->host_stack_size, message);
	return stack_top ? 0 : -ENOMEM;
}

/* A debugger of this process does not see guest code run. */
void host_show_debugger(const struct runner *runner, int file)
{
	(void)runner;
	(void)file;
}

struct host_descriptors host_descriptors(void)
{
	return (struct host_descriptors){ machine_descriptor(), session_descriptor() };
}

int host_start_interrupts(struct message *message)
{
	return interrupts_start(message);
}

int host_enter(const struct runner *runner)
{
	const uintptr_t sp = runner->stack.end - sizeof(uintptr_t);
	int status;
	struct registers registers = {
		.sp = sp,
		.pc = (uintptr_t)runner_pointer(runner, runner->plan->entry),
	};

	registers_at_entry(&registers, runner);
	*(uintptr_t *)sp = block_address(block_header()->returned);
	block_vcpu()->lines = vcpu.lines;
	machine_set(&registers);
	calls_start();
	session_begin();
	inline_clock_start();
	trace_begin();
	status = host_stack_enter(loop_run, stack_top);
	calls_forget();
	bindings_note();
	session_exited(status);
	return status;
}

uintptr_t host_resolver(void)
{
	return block_address(block_header()->bind);
}

size_t host_frame_size(void)
{
	/* An interrupt may come in the gate, whose frame is on the guest's stack. */
	return frame_size() + calls_frame_size();
}

LEAVES_THE_GUEST void host_leave(int status)
{
	host_stack_leave(status);
}

int host_set_fault_handler(uintptr_t handler)
{
	guest_fault_set(handler);
	return 0;
}

uint64_t host_shortest_period(void)
{
	return interrupts_shortest_period();
}

void host_timer_event(struct sigevent *event)
{
	kick_event(event);
}
