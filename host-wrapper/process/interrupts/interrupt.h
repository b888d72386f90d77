/*
 * Interrupts of the process host: SIGURG on the guest's thread.
 *
 * The signal's handler runs on a stack of its own. It writes a frame with all registers
 * onto the guest's stack, and returns from the signal into the guest's handler
 * (vcpu/interrupt.h). So neither a signal mask nor a frame of the kernel's outlives a
 * switch of the guest's threads.
 */
#ifndef JUMPSLOT_PROCESS_INTERRUPT_H
#define JUMPSLOT_PROCESS_INTERRUPT_H

#include "common/message.h"

/*
 * On the guest's thread: initializes the virtual CPU and catches the signal, if the guest
 * takes interrupts. Returns 0 or a negative errno.
 */
int interrupt_start(struct message *message);

#endif
