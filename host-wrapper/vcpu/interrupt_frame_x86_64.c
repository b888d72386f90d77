/* What of an interrupt's frame is x86-64's own. See interrupt_frame.h. */
#define _GNU_SOURCE
#include <ucontext.h>

#include "process/interrupts/interrupt.h"
#include "interrupt_frame.h"

const size_t frame_red_zone = 128;

const int frame_general[] = {
	REG_RAX, REG_RCX, REG_RDX, REG_RSI, REG_RDI, REG_RBP, REG_R8,  REG_R9,
	REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15, REG_RBX,
};
const size_t frame_general_count = sizeof(frame_general) / sizeof(*frame_general);
_Static_assert(sizeof(frame_general) / sizeof(*frame_general) == FRAME_REGISTERS, "room");

void frame_enter(void *context, struct frame *frame, uintptr_t handler)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;

	registers[REG_RSP] = registers[REG_RBX] = registers[REG_RSI] = (greg_t)frame;
	registers[REG_RDI] = (greg_t)frame->shown.vector;
	registers[REG_RAX] = (greg_t)handler;
	registers[REG_EFL] = 0x202;
	registers[REG_RIP] = (greg_t)(uintptr_t)jumpslot_upcall;
}
