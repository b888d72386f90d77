/* Fields of the gate's structures, for its assembly. See asm_offset.h. */
#include <jumpslot/provider.h>

#include "common/asm_offset.h"
#include "common/outcome.h"
#include "gate.h"
#include "process/signals/xsave_x86.h"

void gate_offsets(void);
void gate_offsets(void)
{
	OFFSET(GATE_STATE, struct gate, state);
	OFFSET(GATE_RECORD, struct gate, record);
	OFFSET(GATE_THREAD, struct gate, thread);
	OFFSET(GATE_CONTROL, struct gate, control);
	OFFSET(GATE_KNOWN, struct gate, known);
	OFFSET(GATE_MXCSR, struct gate, mxcsr);
	OFFSET(GATE_DEFERRED, struct gate, deferred);

	OFFSET(FUNCTION_ADDRESS, struct gate_function, address);
	OFFSET(FUNCTION_GATE, struct gate_function, gate);
	OFFSET(FUNCTION_STACK_BYTES, struct gate_function, stack_bytes);
	OFFSET(FUNCTION_PADDING, struct gate_function, padding);
	OFFSET(FUNCTION_ROOM, struct gate_function, room);
	OFFSET(FUNCTION_MORE, struct gate_function, more);

	OFFSET(RECORD_FRAME, struct gate_record, frame);
	OFFSET(RECORD_RETURN, struct gate_record, ret);
	OFFSET(RECORD_OUTER, struct gate_record, outer);
	OFFSET(RECORD_FUNCTION, struct gate_record, function);
	OFFSET(RECORD_GUEST_SP, struct gate_record, guest_sp);
	OFFSET(RECORD_SAVED, struct gate_record, saved);
	OFFSET(RECORD_MXCSR, struct gate_record, mxcsr);
	OFFSET(RECORD_CONTROL, struct gate_record, control);
	OFFSET(RECORD_NOW, struct gate_record, now);
	CONSTANT(RECORD_SIZE, sizeof(struct gate_record));

	OFFSET(CALLBACK_COOKIE_AT, struct gate_callback, cookie_at);
	OFFSET(CALLBACK_GUEST_HIGH, struct gate_callback, guest_high);
	OFFSET(CALLBACK_GUEST_SP, struct gate_callback, guest_sp);
	OFFSET(CALLBACK_CALLER, struct gate_callback, caller);
	OFFSET(CALLBACK_TARGET, struct gate_callback, target);
	OFFSET(CALLBACK_X87_STATUS, struct gate_callback, x87_status);
	/* Aligned, so that the stack below a callback is. */
	CONSTANT(CALLBACK_SIZE, (sizeof(struct gate_callback) + 15) & ~(size_t)15);

	OFFSET(XSAVE_MXCSR, struct xsave, mxcsr);

	OFFSET(CALLEE_STACK_BYTES, struct jumpslot_callee, stack_bytes);

	CONSTANT(OUTCOME_HOST_ORDER, OUTCOME_HOST_ORDER);
	CONSTANT(OUTCOME_HOST_LEFT, OUTCOME_HOST_LEFT);
	CONSTANT(OUTCOME_CALLBACK_ORDER, OUTCOME_CALLBACK_ORDER);
	CONSTANT(OUTCOME_CALLBACK_LEFT, OUTCOME_CALLBACK_LEFT);
}
