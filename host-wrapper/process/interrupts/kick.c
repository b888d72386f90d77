/*
 * Holding signals back while a blocking host function runs, without a system call. See
 * kick.h. Compiled for general registers only.
 *
 * A source makes its vector pending, counts itself as active, and reads `held`. The
 * guest's thread sets `held` and reads `active`: either the source sees that signals are
 * held, or the guest's thread sees the source, or the signal that it sent. In the other
 * direction, the guest's thread clears `held` and reads what is pending.
 */
#include "kick.h"
#include "process/calls/gate.h"
#include "runner/clock.h"
#include "vcpu/vcpu.h"

bool kick_hold(void)
{
	__atomic_store_n(&kick.held, 1, __ATOMIC_SEQ_CST);
	if (!__atomic_load_n(&kick.active, __ATOMIC_SEQ_CST) &&
	    !__atomic_load_n(&kick.sent, __ATOMIC_SEQ_CST) && !clock_is_armed())
		return true;
	__atomic_store_n(&kick.held, 0, __ATOMIC_SEQ_CST);
	return false;
}

void kick_unmask(void)
{
	/* Signals that were sent before arrive when the mask is taken off. */
	__atomic_store_n(&kick.sent, 0, __ATOMIC_SEQ_CST);
}

void kick_release(void)
{
	__atomic_store_n(&kick.held, 0, __ATOMIC_SEQ_CST);
	/* At another level, the code that enables interrupts looks. */
	if (vcpu.state && !vcpu.state->level && vcpu_has_deliverable())
		gate.deferred = true;
}
