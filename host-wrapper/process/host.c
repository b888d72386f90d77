/* The process host: guest code runs in this process. See runner/host.h. */
#define _GNU_SOURCE
#include "enter.h"
#include "process/arch/initial_state_x86.h"
#include "process/calls/gate.h"
#include "process/calls/gate_sides.h"
#include "process/calls/signal_mask.h"
#include "process/debug/guest_symbols.h"
#include "process/faults/fault_handler.h"
#include "process/faults/faults.h"
#include "process/faults/host_exit.h"
#include "process/interrupts/interrupt.h"
#include "process/interrupts/kick.h"
#include "process/signals/segments_x86.h"
#include "process/trace/trace_thunks.h"
#include "runner/bindings.h"
#include "runner/host.h"
#include "runner/trace/trace.h"
#include "slots.h"
#include "vcpu/interrupt_frame.h"

/* AddressSanitizer would look for the bottom of a stack that it does not know. */
#define LEAVES_THE_GUEST __attribute__((__no_sanitize__("address")))

int host_start(struct message *message)
{
	int error;

	initial_state_start();
	segments_start(); /* each signal handler needs them */
	error = faults_catch(message);
	if (!error)
		signal_mask_start();
	return error;
}

int host_prepare(struct runner *runner, uintptr_t *functions, struct message *message)
{
	int error = fault_handler_prepare(runner->plan, &runner->memory, message);

	if (!error)
		error = gate_prepare(functions, message);
	if (!error)
		error = trace_thunks_make(runner, functions, message);
	if (!error)
		error = slots_prepare(runner, functions, message);
	if (!error)
		error = host_exit_catch(message);
	if (!error)
		gate_start_sides();
	return error;
}

void host_show_debugger(const struct runner *runner, int file)
{
	guest_symbols_register(runner, file);
}

/* Guest code runs without any. */
struct host_descriptors host_descriptors(void)
{
	return (struct host_descriptors){ -1, -1 };
}

int host_start_interrupts(struct message *message)
{
	return interrupt_start(message);
}

int host_enter(const struct runner *runner)
{
	int status;

	trace_begin();
	status = jumpslot_enter((uintptr_t)runner_pointer(runner, runner->plan->entry),
				runner->stack.end, runner->start_info, runner->multiboot);

	bindings_note();
	return status;
}

uintptr_t host_resolver(void)
{
	return (uintptr_t)jumpslot_bind;
}

size_t host_frame_size(void)
{
	return frame_size();
}

LEAVES_THE_GUEST void host_leave(int status)
{
	jumpslot_leave(status);
}

int host_set_fault_handler(uintptr_t handler)
{
	return fault_handler_set(handler);
}

uint64_t host_shortest_period(void)
{
	return 10000;
}

void host_timer_event(struct sigevent *event)
{
	*event = (struct sigevent){
		.sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = GATE_INTERRUPT,
	};
	event->_sigev_un._tid = kick.thread;
}
