/* Fields of the trace's structures, for its assembly. See asm_offset.h. */
#include "common/asm_offset.h"
#include "runner/trace/trace_call.h"

void trace_call_offsets(void);
void trace_call_offsets(void)
{
	OFFSET(TRACED_WAY, struct trace_function, way);
	OFFSET(TRACED_TARGET, struct trace_function, target);
	OFFSET(TRACED_X87, struct trace_function, x87);

	OFFSET(CALL_X87, struct trace_frame, x87);
	OFFSET(CALL_VECTORS, struct trace_frame, vectors);
	OFFSET(CALL_SAVED, struct trace_frame, saved);
	OFFSET(CALL_GENERAL, struct trace_frame, general);
	OFFSET(CALL_BP, struct trace_frame, bp);
	OFFSET(CALL_FUNCTION, struct trace_frame, function);
	OFFSET(CALL_RET, struct trace_frame, ret);
}
