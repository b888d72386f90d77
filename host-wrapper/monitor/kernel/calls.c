/* The number of a call, its arguments, and a function for each. See calls.h. */
#include <linux/errno.h>

#include "calls.h"
#include "common/outcome.h"
#include "console.h"
#include "ending.h"
#include "faults.h"
#include "guest_clock.h"
#include "guest_memory.h"
#include "interrupts.h"
#include "monitor/calls.h"
#include "ports.h"
#include "restart.h"
#include "schedule.h"
#include "signals_guest.h"

_Static_assert(MONITOR_CALLS *MONITOR_CALL_BYTES == 176, "as boot_check.c has it");

#define INT_BYTES     2 /* of the instruction */
#define IMPORT_BYTES  16
#define MAX_ARGUMENTS 4

/* One call while it is carried out. */
struct call {
	struct partition *partition;
	uint64_t now_ns; /* kernel time */
	uint64_t pc;	 /* of the `int` */
	uint64_t arguments[MAX_ARGUMENTS];
	bool has_result;
	uint64_t result;
};

static void result(struct call *call, int64_t value)
{
	call->has_result = true;
	call->result = (uint64_t)value;
}

static void console_put_call(struct call *call)
{
	result(call, console_put(call->partition, UART_CONSOLE, call->arguments[0],
				 call->arguments[1]));
}

static void error_put_call(struct call *call)
{
	result(call, console_put(call->partition, UART_ERRORS, call->arguments[0],
				 call->arguments[1]));
}

static void console_get_call(struct call *call)
{
	result(call, console_get(call->partition));
}

static void console_watch_call(struct call *call)
{
	console_watch(call->partition);
}

static void clock_read_call(struct call *call)
{
	result(call, (int64_t)(call->now_ns - call->partition->started_ns));
}

static void clock_init_call(struct call *call)
{
	call->partition->has_clock = call->partition->state;
	result(call, call->partition->has_clock ? 0 : -EINVAL);
}

/* Two arguments of 64 bits. */
static void clock_set_call(struct call *call)
{
	const uint64_t *words = call->arguments;
	const bool is_64_bit = call->partition->is_64_bit;
	const uint64_t first = is_64_bit ? words[0] : words[0] | words[1] << 32;
	const uint64_t period = is_64_bit ? words[1] : words[2] | words[3] << 32;

	result(call, guest_clock_set(call->partition, first, period));
}

static void clock_stop_call(struct call *call)
{
	call->partition->clock_is_set = false;
	result(call, call->partition->has_clock ? 0 : -EINVAL);
}

static void range_call(struct call *call)
{
	const uint32_t access = (uint32_t)call->arguments[2];

	result(call, guest_memory_has(call->partition, call->arguments[0],
				      call->arguments[1], access)
			     ? 0
			     : -EFAULT);
}

static void fault_handler_call(struct call *call)
{
	const uint64_t handler = call->arguments[0];

	if (handler && !guest_memory_has(call->partition, handler, 1, BOOT_EXECUTE)) {
		result(call, -EINVAL);
		return;
	}
	call->partition->fault_handler = handler;
	result(call, 0);
}

static void restart_call(struct call *call)
{
	restart_begin(call->partition, (uint32_t)call->arguments[0]);
}

static void stop_call(struct call *call)
{
	ending_status(call->partition, (int)call->arguments[0]);
}

static void stack_full_call(struct call *call)
{
	ending_stack_full(call->partition, call->arguments[0], call->arguments[1],
			  call->arguments[2]);
}

/* The stub called the resolver: an import's address is in R11, or on the stack. */
static void unbound_call(struct call *call)
{
	struct partition *partition = call->partition;
	const uint64_t sp = partition->registers.sp;
	const uint64_t word = partition_word(partition);
	const uint64_t entry = partition->is_64_bit
				       ? partition->registers.general.r11
				       : guest_memory_word(partition, sp + 4);
	const uint64_t offset = entry - partition->record->imports_address;
	const bool is_entry = offset % IMPORT_BYTES == 0 &&
			      offset / IMPORT_BYTES < partition->record->import_count;
	const struct ending_cause cause = {
		.kind = is_entry ? OUTCOME_UNPROVIDED : OUTCOME_BAD_ENTRY,
		.signal = GUEST_SIGILL,
		.code = CODE_FIRST,
		.detail = is_entry ? (uint32_t)(offset / IMPORT_BYTES) : 0,
		.error = BOOT_ERROR_MISSING,
		.pc = guest_memory_word(partition,
					sp + (partition->is_64_bit ? word : 2 * word)),
		.address = entry,
	};

	ending_fault(partition, &cause);
}

/* The result of the entry is in the register of results. */
static void returned_call(struct call *call)
{
	ending_status(call->partition, (int)call->partition->registers.general.ax);
}

static void wait_call(struct call *call)
{
	const uint64_t *words = call->arguments;

	call->partition->deadline_ns =
		call->partition->is_64_bit ? words[0] : words[0] | words[1] << 32;
	call->partition->waits = true;
}

static void schedule_set_call(struct call *call)
{
	char name[BOOT_NAME] = { 0 };
	const uint64_t length = call->arguments[1];

	if (!(call->partition->record->options & BOOT_MAY_SCHEDULE))
		result(call, -EPERM);
	else if (length >= sizeof(name))
		result(call, -ENOENT);
	else if (!guest_memory_read(call->partition, name, call->arguments[0], length))
		result(call, -EFAULT);
	else
		result(call, schedule_choose(name) ? 0 : -ENOENT);
}

/* Those of a message; other calls use a part of them. */
static struct ports_call port_arguments(const struct call *call)
{
	return (struct ports_call){
		.partition = call->partition,
		.now_ns = call->now_ns,
		.pc = call->pc,
		.port = (uint32_t)call->arguments[0],
		.address = call->arguments[1],
		.span = (uint32_t)call->arguments[2],
		.age = call->arguments[3],
	};
}

static void port_open_call(struct call *call)
{
	struct ports_call its = port_arguments(call);

	its.address = call->arguments[0];
	result(call, ports_open(&its, (uint32_t)call->arguments[1]));
}

static void port_put_call(struct call *call)
{
	const struct ports_call its = port_arguments(call);

	result(call, ports_put(&its));
}

static void port_get_call(struct call *call)
{
	const struct ports_call its = port_arguments(call);

	result(call, ports_get(&its));
}

static void port_status_call(struct call *call)
{
	const struct ports_call its = port_arguments(call);

	result(call, ports_status(&its));
}

static void port_wait_call(struct call *call)
{
	wait_call(call);
	call->partition->waits_for_port = true;
	call->partition->port =
		(uint32_t)call->arguments[call->partition->is_64_bit ? 1 : 2];
}

static void (*const functions[MONITOR_CALLS])(struct call *) = {
	[MONITOR_CONSOLE_PUT] = console_put_call,
	[MONITOR_ERROR_PUT] = error_put_call,
	[MONITOR_CONSOLE_GET] = console_get_call,
	[MONITOR_CONSOLE_WATCH] = console_watch_call,
	[MONITOR_CLOCK_READ] = clock_read_call,
	[MONITOR_CLOCK_INIT] = clock_init_call,
	[MONITOR_CLOCK_SET] = clock_set_call,
	[MONITOR_CLOCK_STOP] = clock_stop_call,
	[MONITOR_RANGE] = range_call,
	[MONITOR_FAULT_HANDLER] = fault_handler_call,
	[MONITOR_RESTART] = restart_call,
	[MONITOR_STOP] = stop_call,
	[MONITOR_STACK_FULL] = stack_full_call,
	[MONITOR_UNBOUND] = unbound_call,
	[MONITOR_RETURNED] = returned_call,
	[MONITOR_WAIT] = wait_call,
	[MONITOR_SCHEDULE_SET] = schedule_set_call,
	[MONITOR_PORT_OPEN] = port_open_call,
	[MONITOR_PORT_PUT] = port_put_call,
	[MONITOR_PORT_GET] = port_get_call,
	[MONITOR_PORT_STATUS] = port_status_call,
	[MONITOR_PORT_WAIT] = port_wait_call,
};

/* 32-bit words that each call takes from the stack of an i386 guest. */
static const uint8_t words_i386[MONITOR_CALLS] = {
	[MONITOR_CONSOLE_PUT] = 2,  [MONITOR_ERROR_PUT] = 2,	 [MONITOR_CLOCK_SET] = 4,
	[MONITOR_RANGE] = 3,	    [MONITOR_FAULT_HANDLER] = 1, [MONITOR_RESTART] = 1,
	[MONITOR_STOP] = 1,	    [MONITOR_STACK_FULL] = 3,	 [MONITOR_WAIT] = 2,
	[MONITOR_SCHEDULE_SET] = 2, [MONITOR_PORT_OPEN] = 2,	 [MONITOR_PORT_PUT] = 3,
	[MONITOR_PORT_GET] = 4,	    [MONITOR_PORT_STATUS] = 2,	 [MONITOR_PORT_WAIT] = 3,
};

/* After the return address. Returns false if they cannot be read. */
static bool read_arguments_i386(struct call *call, unsigned number)
{
	const uint64_t at = call->partition->registers.sp + 4;
	const unsigned count = words_i386[number];
	uint32_t words[MAX_ARGUMENTS];

	if (count &&
	    !guest_memory_read(call->partition, words, at, count * sizeof(*words))) {
		faults_bad_arguments(call->partition, call->pc, at);
		return false;
	}
	for (unsigned i = 0; i < count; i++)
		call->arguments[i] = words[i];
	return true;
}

static bool read_arguments(struct call *call, unsigned number)
{
	const struct general_registers *general = &call->partition->registers.general;

	if (!call->partition->is_64_bit)
		return read_arguments_i386(call, number);
	call->arguments[0] = general->di;
	call->arguments[1] = general->si;
	call->arguments[2] = general->dx;
	call->arguments[3] = general->cx;
	return true;
}

static void write_result(const struct call *call, unsigned number)
{
	struct general_registers *general = &call->partition->registers.general;

	if (!call->has_result)
		return;
	general->ax = call->result;
	if (call->partition->is_64_bit)
		return;
	general->ax = (uint32_t)call->result;
	if (number == MONITOR_CLOCK_READ)
		general->dx = call->result >> 32;
}

void calls_take(struct partition *partition, uint64_t now_ns)
{
	struct call call = { .partition = partition,
			     .now_ns = now_ns,
			     .pc = partition->registers.pc - INT_BYTES };
	const uint64_t offset = call.pc - partition->record->runtime.calls;
	const uint64_t number = offset / MONITOR_CALL_BYTES;

	if (number >= MONITOR_CALLS || offset % MONITOR_CALL_BYTES) {
		faults_foreign_call(partition, call.pc);
		return;
	}
	if (!read_arguments(&call, (unsigned)number))
		return;
	functions[number](&call);
	write_result(&call, (unsigned)number);
}

/* The runtime looks at its own count of deliveries, so the result tells the deadline
 * alone: 0. */
bool calls_wait_is_over(struct partition *partition, uint64_t now_ns)
{
	const bool is_late = now_ns - partition->started_ns >= partition->deadline_ns;

	if (!is_late && !interrupts_has_deliverable(partition) &&
	    !ports_is_ready(partition))
		return false;
	partition->waits = partition->waits_for_port = false;
	partition->registers.general.ax = !is_late;
	return true;
}

uint64_t calls_wait_until(const struct partition *partition)
{
	return partition->deadline_ns > INT64_MAX
		       ? GUEST_CLOCK_NEVER
		       : partition->started_ns + partition->deadline_ns;
}
