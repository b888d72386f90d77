/* The gate's state while a record is written. See trace_gate.h. */
#include "process/calls/gate.h"
#include "trace_gate.h"
#include "vcpu/hooks.h"

bool trace_close(void)
{
	if (__atomic_load_n(&gate.state, __ATOMIC_RELAXED))
		return false;
	__atomic_store_n(&gate.state, GATE_TRACING, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	return true;
}

void trace_open(bool was_open)
{
	if (!was_open)
		return;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	__atomic_store_n(&gate.state, 0, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	/* Interrupts that come from here on are delivered at once. */
	if (!gate.deferred)
		return;
	gate.deferred = false;
	vcpu_kick();
}
