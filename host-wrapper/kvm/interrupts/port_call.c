/* One try, and a sleep that an interrupt ends. See port_call.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>

#include <jumpslot/provider.h>
#include <jumpslot/ports.h>

#include "kick.h"
#include "kvm/calls/calls.h"
#include "kvm/faults/end.h"
#include "kvm/gdb/session.h"
#include "kvm/inside/inside.h"
#include "port_call.h"
#include "runner/ports.h"
#include "vcpu/vcpu.h"

static int try(const struct inside_port *port)
{
	void *bytes = (void *)(uintptr_t)port->bytes;

	if (port->timeout_ns < JUMPSLOT_PORT_FOREVER)
		return -EINVAL;
	return port->sends ? ports_send(port->port, bytes, (size_t)port->size)
			   : ports_receive(port->port, bytes, (size_t)port->size);
}

/* An interrupt that is delivered before the next entry of the machine. */
static bool is_interrupted(void)
{
	return vcpu.state && !vcpu.state->level && !calls_in_progress() &&
	       vcpu_has_deliverable();
}

static void wait(const struct inside_port *port)
{
	sigset_t mask;

	kick_block(&mask);
	if (!is_interrupted() && !session_has_input())
		ports_wait(port->port, port->deadline_ns, &mask);
	sigprocmask(SIG_SETMASK, &mask, NULL);
}

/* The guest may write anything to the argument, and then waits for as long. */
static void serve(struct inside_port *port)
{
	port->result = try(port);
	port->again = 0;
	if (port->result != -EAGAIN || !port->timeout_ns)
		return;
	if (!port->deadline_ns)
		port->deadline_ns = ports_deadline(port->timeout_ns);
	if (ports_is_late(port->deadline_ns)) {
		port->result = -ETIMEDOUT;
		return;
	}
	port->again = 1;
	wait(port);
}

void port_call_serve(uintptr_t argument)
{
	struct inside_port port;

	if (jumpslot_guest_copy_in(&port, (void *)argument, sizeof(port)))
		end_by_doorbell(argument);
	serve(&port);
	if (jumpslot_guest_copy_out((void *)argument, &port, sizeof(port)))
		end_by_doorbell(argument);
}
