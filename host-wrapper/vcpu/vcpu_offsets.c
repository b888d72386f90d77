/* Fields of the virtual CPU and of an interrupt's frame, for assembly. See asm_offset.h.
 */
#include "common/asm_offset.h"
#include "common/outcome.h"
#include "interrupt_frame.h"
#include "vcpu.h"

void vcpu_offsets(void);
void vcpu_offsets(void)
{
	OFFSET(VCPU_STATE, struct vcpu, state);
	OFFSET(VCPU_HANDLER, struct vcpu, handler);
	OFFSET(VCPU_RESUMING, struct vcpu, resuming);
	OFFSET(VCPU_WAITING, struct vcpu, waiting);
	OFFSET(VCPU_DELIVERED, struct vcpu, delivered);
	OFFSET(VCPU_USED, struct vcpu, used);
	OFFSET(VCPU_LINES, struct vcpu, lines);

	OFFSET(STATE_LEVEL, struct jumpslot_vcpu_state, level);

	OFFSET(FRAME_LEVEL, struct frame, shown.level);
	OFFSET(FRAME_FEATURES, struct frame, features);
	OFFSET(FRAME_CHANGED, struct frame, changed);
	OFFSET(FRAME_VECTORS, struct frame, vectors);
	OFFSET(FRAME_RETURN, struct frame, returns);
	OFFSET(FRAME_GENERAL, struct frame, registers.general);
	OFFSET(FRAME_SP, struct frame, registers.sp);
	OFFSET(FRAME_PC, struct frame, registers.pc);

	CONSTANT(OUTCOME_INTERRUPT_ORDER, OUTCOME_INTERRUPT_ORDER);
}
