/* What of an interrupt's frame is i386's own. See interrupt_frame.h. */
#define _GNU_SOURCE
#include <ucontext.h>

#include "process/interrupts/interrupt.h"
#include "interrupt_frame.h"

const size_t frame_red_zone = 0;

const int frame_general[] = {
	REG_EAX, REG_ECX, REG_EDX, REG_ESI, REG_EDI, REG_EBP, REG_EBX,
};
const size_t frame_general_count = sizeof(frame_general) / sizeof(*frame_general);

void frame_enter(void *context, struct frame *frame, uintptr_t handler)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;

	registers[REG_ESP] = registers[REG_EBX] = (greg_t)frame;
	registers[REG_EDI] = (greg_t)frame->shown.vector;
	registers[REG_EAX] = (greg_t)handler;
	registers[REG_EFL] = 0x202;
	registers[REG_EIP] = (greg_t)(uintptr_t)jumpslot_upcall;
}
