/* Runs the code inside that rings without end. See ping.h. */
#include <errno.h>

#include "kvm/inside/block.h"
#include "kvm/inside/doorbell.h"
#include "kvm/interrupts/kick.h"
#include "layout_x86.h"
#include "machine.h"
#include "ping.h"

#define PINGS 4

static void go_there(void)
{
	const struct registers registers = {
		.general.cx = block_doorbell(),
		.pc = block_address(block_header()->ping),
	};

	machine_set(&registers);
}

static void look_at_nothing(void)
{
}

/* An emulating /dev/kvm may run 64-bit code by the processor and emulate all other code,
 * without x87 and SSE. The code inside uses both on i386. */
int ping_probe(struct message *message)
{
	struct machine_stop stop;

	if (LAYOUT_IS_LONG)
		return 0;
	go_there();
	do
		stop = machine_run(look_at_nothing);
	while (stop.exit == MACHINE_KICKED);
	if (stop.exit == MACHINE_DOORBELL && stop.doorbell == DOORBELL_PING)
		return 0;
	return fail(message, ENOTSUP,
		    "--host kvm: /dev/kvm emulates i386 code, without x87 and SSE "
		    "(expected a processor that runs it)");
}

static uint64_t time_once(void)
{
	const uint64_t start = kick_monotonic();

	machine_run(look_at_nothing);
	return kick_monotonic() - start;
}

/* The fastest counts: others may have been interrupted. */
uint64_t ping_time_of_exit(void)
{
	uint64_t fastest = UINT64_MAX;

	go_there();
	for (unsigned i = 0; i < PINGS; i++) {
		const uint64_t time = time_once();

		if (time < fastest)
			fastest = time;
	}
	return fastest;
}

/* DR7 for a stop at an instruction, by the first register; and for none. */
#define STOP_AT	 0x401
#define NO_WATCH 0x400

bool ping_stops_at_watch(void)
{
	struct machine_watches watches = {
		.addresses = { block_address(block_header()->ping) },
		.control = STOP_AT,
	};
	struct machine_stop stop;

	machine_watch(&watches);
	go_there();
	do
		stop = machine_run(look_at_nothing);
	while (stop.exit == MACHINE_KICKED);
	watches.control = NO_WATCH;
	machine_watch(&watches);
	if (stop.exit == MACHINE_HALT)
		machine_set_user_mode();
	return stop.exit == MACHINE_HALT;
}
