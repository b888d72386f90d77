/*
 * The guest's interrupt handler: its call and its return. One assembly file per machine.
 *
 * A host that delivers an interrupt writes a frame with all registers onto the guest's
 * stack (interrupt_frame.h) and continues at jumpslot_upcall. The return is ordinary
 * code. It reads the frame and never writes to it until the next vector is entered, so an
 * interrupt at level 0 restarts it from its beginning.
 */
#ifndef JUMPSLOT_INTERRUPT_H
#define JUMPSLOT_INTERRUPT_H

#include <stdint.h>

/* Calls the guest's handler. */
extern const char jumpslot_upcall[];

/*
 * The return. To restart it at level 0, a host continues here with the stack pointer at
 * vcpu.resuming and default flags. The ranges CODE_RETURNING of code_table_x86.h tell
 * where that is necessary.
 */
extern const char jumpslot_resume[];

#endif
