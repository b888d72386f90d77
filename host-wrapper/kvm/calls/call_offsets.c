/* Fields of a trapped call's frame and of a callback, for assembly. See asm_offset.h. */
#include <jumpslot/provider.h>

#include "call_frame.h"
#include "common/asm_offset.h"
#include "common/outcome.h"

void call_offsets(void);
void call_offsets(void)
{
	OFFSET(CALL_NEXT, struct call_frame, next);
	OFFSET(CALL_TARGET, struct call_frame, target);
	OFFSET(CALL_INDEX, struct call_frame, index);
	OFFSET(CALL_X87, struct call_frame, x87);
	OFFSET(CALL_POPPED, struct call_frame, popped);
	OFFSET(CALL_AX, struct call_frame, ax);
	OFFSET(CALL_DI, struct call_frame, di);
	OFFSET(CALL_SI, struct call_frame, si);
	OFFSET(CALL_DX, struct call_frame, dx);
	OFFSET(CALL_CX, struct call_frame, cx);
	OFFSET(CALL_R8, struct call_frame, r8);
	OFFSET(CALL_R9, struct call_frame, r9);
	OFFSET(CALL_R10, struct call_frame, r10);
	OFFSET(CALL_ST, struct call_frame, st);
	OFFSET(CALL_SAVED, struct call_frame, saved);
	OFFSET(CALL_RETURN, struct call_frame, returns);
	CONSTANT(CALL_VECTORS, sizeof(struct call_frame));
	CONSTANT(CALL_COPY_SIZE, sizeof(struct call_copy));

	CONSTANT(OUTCOME_CALLBACK_ORDER, OUTCOME_CALLBACK_ORDER);
}
