/* Runs the machine, and gives each exit to the part that serves it. See loop.h. */
#include <stdbool.h>
#include <stdint.h>

#include "kvm/calls/calls.h"
#include "kvm/calls/watched_calls.h"
#include "kvm/faults/end.h"
#include "kvm/faults/faults.h"
#include "kvm/gdb/session.h"
#include "kvm/inside/block.h"
#include "kvm/inside/doorbell.h"
#include "kvm/interrupts/inline_clock.h"
#include "kvm/interrupts/interrupts.h"
#include "kvm/interrupts/port_call.h"
#include "kvm/machine/machine.h"
#include "kvm/slots.h"
#include "loop.h"
#include "runner/clock.h"

/* Serves a doorbell. Returns whether the loop ends, with `*result`. */
static bool serve_doorbell(const struct machine_stop *stop, int *result)
{
	const uintptr_t value = (uintptr_t)stop->value;

	switch (stop->doorbell) {
	case DOORBELL_CALL:
		calls_serve(value);
		return false;
	case DOORBELL_CALLED:
		calls_end_callback(value);
		return true;
	case DOORBELL_BIND:
		slots_bind(value);
		return false;
	case DOORBELL_EXIT:
		calls_end();
		*result = (int)value;
		return true;
	case DOORBELL_SLEEP:
		interrupts_sleep(value);
		return false;
	case DOORBELL_STACK_FULL:
		interrupts_stack_full(value);
		return false;
	case DOORBELL_IS_CODE:
		interrupts_check_code(value);
		return false;
	case DOORBELL_CLOCK:
		clock_acknowledged();
		return false;
	case DOORBELL_CLOCK_READ:
		inline_clock_read(value);
		return false;
	case DOORBELL_PORT:
		port_call_serve(value);
		return false;
	case DOORBELL_WATCH:
		interrupts_watch(value);
		return false;
	case DOORBELL_WATCHED:
		watched_call_begin_inside(value);
		return false;
	case DOORBELL_RETURNED:
		watched_call_end_inside(value);
		return false;
	case DOORBELL_FAULT:
		faults_decide(value);
		return false;
	}
	end_by_doorbell(value);
}

static void __attribute__((__noreturn__)) stop_machine(void)
{
	struct message message;

	machine_describe(&message);
	end_failed(&message);
}

/* Before each entry. */
static void look(void)
{
	if (!session_look())
		interrupts_look();
	inline_clock_write();
}

int loop_run(void)
{
	int result = 0;

	for (;;) {
		const struct machine_stop stop = machine_run(look);

		interrupts_take_over();
		switch (stop.exit) {
		case MACHINE_DOORBELL:
			if (serve_doorbell(&stop, &result))
				return result;
			break;
		case MACHINE_HALT:
			faults_serve();
			break;
		case MACHINE_KICKED:
			session_kicked();
			break;
		case MACHINE_NO_MEMORY:
			faults_no_memory();
		case MACHINE_MISUSE:
			end_by_doorbell(block_doorbell() + (uintptr_t)stop.doorbell);
		case MACHINE_OTHER:
			stop_machine();
		}
	}
}
