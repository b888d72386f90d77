/*
 * The monitor calls, in the order of monitor/calls.h; and the map by which the launcher
 * finds this code and the variables of vcpu/. The same for both architectures.
 */
#include "common/asm_x86.h"
#include "monitor/calls.h"
#include "vcpu/vcpu_offsets.h"

	.macro	monitor_call name
	.balign	MONITOR_CALL_BYTES
HIDDEN(\name)
	int	$MONITOR_VECTOR
	ret
	.endm

	.text
	.balign	64
HIDDEN(monitor_calls)
	monitor_call monitor_console_put
	monitor_call monitor_error_put
	monitor_call monitor_console_get
	monitor_call monitor_console_watch
	monitor_call monitor_clock_read
	monitor_call monitor_clock_init
	monitor_call monitor_clock_set
	monitor_call monitor_clock_stop
	monitor_call monitor_range
	monitor_call monitor_fault_handler
	monitor_call monitor_restart
	monitor_call monitor_stop
	monitor_call monitor_stack_full
	monitor_call monitor_unbound
	monitor_call monitor_returned
	monitor_call monitor_wait
	/* An interrupt that is delivered before this instruction must not be followed by
	   the wait: it continues at the return. */
	code_range CODE_SLEEP, monitor_wait, monitor_wait + 2
	monitor_call monitor_schedule_set
	monitor_call monitor_port_open
	monitor_call monitor_port_put
	monitor_call monitor_port_get
	monitor_call monitor_port_status
	monitor_call monitor_port_wait
	/* As many as there are in monitor/calls.h: .org cannot go back. */
	.org	monitor_calls + MONITOR_CALLS * MONITOR_CALL_BYTES

	.section .jumpslot.monitor, "a"
	.balign	4
	.globl	monitor_map
	.hidden	monitor_map
monitor_map:
	.long	monitor_calls - .
	.long	jumpslot_upcall - .
	.long	jumpslot_resume - .
	.long	jumpslot_fault_call - .
	.long	vcpu - .
	.long	VCPU_STATE
	.long	VCPU_LINES
	.long	VCPU_HANDLER
	.long	VCPU_RESUMING
	.long	VCPU_WAITING
	.long	VCPU_DELIVERED
	.long	VCPU_USED

	.section .note.GNU-stack,"",@progbits
